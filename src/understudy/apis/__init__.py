"""The APIs that Understudy stands in for, one package each; none knows another."""
