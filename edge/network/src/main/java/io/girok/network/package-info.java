/// Netty: listeners, back-pressure; an event loop is a shard.
@NullMarked
package io.girok.network;

import org.jspecify.annotations.NullMarked;
