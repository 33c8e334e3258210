/// The metadata log on Apache Ratis, embedded. Start at [io.girok.quorum.ratis.RatisMetadataLog].
///
/// Files: `<first log directory>/__cluster_metadata/<group>/`, Ratis' own layout; a name without a partition number, so
/// no topic's directory can have it. Threads: Ratis' own, one that tells the listener, one that hands appends to Ratis.
@NullMarked
package io.girok.quorum.ratis;

import org.jspecify.annotations.NullMarked;
