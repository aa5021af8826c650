"""How a model is fitted: settings, schedules, engines, trainer, worker thread."""
