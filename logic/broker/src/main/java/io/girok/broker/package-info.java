/// The node without its edges: one handler for each API, and the partitions it serves.
///
/// [Broker] builds it, [ApiTable] says which requests it answers, [Partitions] where a partition lives. The data
/// plane's handlers are in `broker.data`, the administrator's in `io.girok.admin`, the groups' in `broker.group`.
@NullMarked
package io.girok.broker;

import org.jspecify.annotations.NullMarked;
