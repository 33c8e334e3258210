/// Groups and committed offsets: the handlers of their APIs, and what ties the coordinators to the partitions of
/// `__consumer_offsets` that this broker leads. Start at GroupApis. Handlers are called on event loops; a group's work
/// runs on its partition's shard.
@NullMarked
package io.girok.broker.group;

import org.jspecify.annotations.NullMarked;
