/// The metadata log on an Apache ZooKeeper ensemble that runs beside Girok. Start at
/// [io.girok.quorum.zookeeper.ZookeeperMetadataLog]; [io.girok.quorum.zookeeper.Znodes] has the layout.
///
/// Nothing of it is on the node's disk. Threads: one that owns all state and tells the listener, one that reads and
/// writes snapshots, and those of the ZooKeeper client.
@NullMarked
package io.girok.quorum.zookeeper;

import org.jspecify.annotations.NullMarked;
