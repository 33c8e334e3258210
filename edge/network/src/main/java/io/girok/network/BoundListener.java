package io.girok.network;

import java.net.InetSocketAddress;

/// A listener that listens. Immutable.
///
/// @param address with the real port
public record BoundListener(String name, InetSocketAddress address) {}
