"""One model solved at many points: values of parameters and cases in, an outcome for each point out."""
