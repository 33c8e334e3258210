package io.girok.broker;

import io.girok.base.PartitionName;
import java.util.concurrent.CompletableFuture;

/// How a replica lives.
///
/// @param sleeps whether the log is opened when it is needed, instead of now
/// @param before what must be done before the log may be opened
record ReplicaLife(PartitionName name, boolean sleeps, CompletableFuture<Void> before) {}
