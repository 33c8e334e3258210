package io.girok.simulation;

/// Uses the cluster for as long as it is there.
interface Client {
    void start();

    /// Begins nothing new.
    void finish();

    /// Whether it has finished and everything it began has come to an end.
    boolean isFinished();
}
