/// Sockets: listeners, frames, answers in order, back-pressure, one bound for the memory of requests; and the event
/// loops that serve as shards.
///
/// Everything about a connection is owned by its event loop; [RequestMemory] alone is shared between them. Start at
/// [NetworkServer], then [ClientConnection].
@NullMarked
package io.girok.network;

import org.jspecify.annotations.NullMarked;
