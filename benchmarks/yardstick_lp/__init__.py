"""One LP written three ways: `yardstick.game`, by hand with numpy, and in Pyomo; data made by a seeded script."""
