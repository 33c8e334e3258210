package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.ScramCredential;
import io.girok.security.SaslSettings;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Whom SCRAM knows: those in the metadata, and the nodes of the cluster. Thread-safe.
public final class ScramUsers {
    /// Users in the metadata.
    public interface Directory {
        /// Null when there is no such user for that mechanism.
        @Nullable
        ScramCredential find(ScramMechanism mechanism, String user);

        /// Whether the users are known; not before the node has heard what the cluster has decided.
        boolean isKnown();

        /// What all nodes of the cluster know and nobody else does; empty when there are no users.
        byte[] sharedSecret();
    }

    private static final int SALT_BYTES = 20;

    private final Directory directory;
    private final Optional<SaslSettings.Login> node;
    private final byte[] secret;
    /// Of the node's own login: made when it is first asked for.
    private final ConcurrentMap<ScramMechanism, ScramCredential> nodeKeys = new ConcurrentHashMap<>();

    /// @param node let in as well: nodes have no metadata before they have let each other in
    /// @param secret what salts are made from that nobody has; random
    public ScramUsers(Directory directory, Optional<SaslSettings.Login> node, byte[] secret) {
        this.directory = directory;
        this.node = node;
        this.secret = secret.clone();
    }

    /// Whether it can be said who `user` is.
    boolean isKnown(String user) {
        return directory.isKnown() || (node.isPresent() && node.get().user().equals(user));
    }

    @Nullable
    ScramCredential find(ScramMechanism mechanism, String user) {
        if (node.isPresent() && node.get().user().equals(user)) {
            return nodeKeys.computeIfAbsent(mechanism, each -> each.keys(node.get().password().reveal(),
                    salt(each, user), ScramMechanism.MIN_ITERATIONS));
        }
        return directory.find(mechanism, user);
    }

    /// Keys that no password fits, the same ones each time, so that asking again gives nothing away.
    ScramCredential madeUp(ScramMechanism mechanism, String user) {
        byte[] key = key();
        byte[] seed = mechanism.mac(key, ("keys of " + user).getBytes(UTF_8));
        return new ScramCredential(salt(mechanism, user), seed, mechanism.mac(key, seed),
                ScramMechanism.MIN_ITERATIONS);
    }

    /// Nodes that made up different salts for the same name would give away that they made them up.
    private byte[] key() {
        byte[] shared = directory.sharedSecret();
        return shared.length == 0 ? secret : shared;
    }

    private byte[] salt(ScramMechanism mechanism, String user) {
        byte[] whole = mechanism.mac(key(), ("salt of " + user).getBytes(UTF_8));
        return java.util.Arrays.copyOf(whole, SALT_BYTES);
    }
}
