package dev.kiln.load.statistics;

/** The usual percentiles, in microseconds. */
public record LatencySummary(
    long count,
    double min,
    double mean,
    double p50,
    double p90,
    double p99,
    double p999,
    double max) {}
