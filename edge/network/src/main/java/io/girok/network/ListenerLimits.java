package io.girok.network;

/// How many connections are taken at one listener, beside those of the [ConnectionSettings]. Immutable.
///
/// @param max open at a time there (`listener.name.NAME.max.connections`)
/// @param maxPerSecond begun in a second there (`listener.name.NAME.max.connection.creation.rate`)
/// @param isForNodes how many there are at all listeners together does not matter here: no stranger may keep nodes from
/// each other (KIP-402, KIP-612)
public record ListenerLimits(int max, int maxPerSecond, boolean isForNodes) {
    public static final ListenerLimits NONE = new ListenerLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, false);
}
