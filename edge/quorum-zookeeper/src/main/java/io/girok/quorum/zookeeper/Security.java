package io.girok.quorum.zookeeper;

import java.util.Map;
import java.util.Optional;

/// How a node shows the ensemble who it is. Immutable.
///
/// SASL needs nothing here: the ZooKeeper client uses the section `Client` of the JVM's JAAS configuration, if any.
///
/// @param digest `USER:PASSWORD` for the scheme `digest`; empty for none
/// @param isOwner whether the znodes that are made may be read and changed by their maker's identity only
/// @param tls the ZooKeeper client's own names and values; empty for connections in the clear
public record Security(Optional<String> digest, boolean isOwner, Map<String, String> tls) {
    public static final Security NONE = new Security(Optional.empty(), false, Map.of());

    public Security {
        tls = Map.copyOf(tls);
    }

    /// Without what is secret.
    @Override
    public String toString() {
        return "Security[digest=" + digest.isPresent() + ", isOwner=" + isOwner + ", tls=" + tls.keySet() + "]";
    }
}
