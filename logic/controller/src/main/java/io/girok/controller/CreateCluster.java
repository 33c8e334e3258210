package io.girok.controller;

/// Gives the cluster its id unless it has one; the answer is the id it has then.
public record CreateCluster(String clusterId) implements Command<Result<String>> {}
