"""The panel that asks what each factor stands for."""
