package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.ScramCredential;
import io.girok.security.SaslSettings;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
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

        /// What all nodes of the cluster know and nobody else does; empty when they have agreed on nothing yet.
        byte[] sharedSecret();

        /// How the credentials of that mechanism look to those who ask for them, in an order that all nodes share.
        List<Shape> shapes(ScramMechanism mechanism);

        /// Those that may be shown in place of a user and its password.
        DelegationTokens tokens();
    }

    /// What anybody gets to know of a credential by its user's name.
    ///
    /// @param isText whether the salt is of digits and small letters, as Apache Kafka's tools make it
    public record Shape(int iterations, int saltBytes, boolean isText) implements Comparable<Shape> {
        private static final Comparator<Shape> ORDER = Comparator.comparingInt(Shape::iterations)
                .thenComparingInt(Shape::saltBytes)
                .thenComparing(Shape::isText);

        public static Shape of(ScramCredential credential) {
            boolean isText = true;
            for (byte each : credential.salt()) {
                isText &= 0 <= TEXT.indexOf(each);
            }
            return new Shape(credential.iterations(), credential.salt().length, isText);
        }

        @Override
        public int compareTo(Shape other) {
            return ORDER.compare(this, other);
        }
    }

    private static final String TEXT = "0123456789abcdefghijklmnopqrstuvwxyz";
    /// Of nodes and of bearers of tokens.
    static final Shape USUAL = new Shape(ScramMechanism.MIN_ITERATIONS, 20, false);

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
                    salt(each, user, USUAL), USUAL.iterations()));
        }
        return directory.find(mechanism, user);
    }

    /// Whether it can be said whose a token is.
    boolean areTokensKnown() {
        return directory.isKnown();
    }

    DelegationTokens tokens() {
        return directory.tokens();
    }

    /// Like [#madeUp], for a token that does not exist.
    ScramCredential madeUpToken(ScramMechanism mechanism, String id) {
        return madeUp(mechanism, id, seed(mechanism, id), USUAL);
    }

    /// Keys that no password fits: the same ones each time, and of a shape that others have, so that asking gives
    /// nothing away.
    ScramCredential madeUp(ScramMechanism mechanism, String user) {
        byte[] seed = seed(mechanism, user);
        List<Shape> shapes = directory.shapes(mechanism);
        Shape shape = shapes.isEmpty()
                ? USUAL
                : shapes.get(Math.floorMod(ByteBuffer.wrap(seed).getInt(), shapes.size()));
        return madeUp(mechanism, user, seed, shape);
    }

    private byte[] seed(ScramMechanism mechanism, String user) {
        return mechanism.mac(key(), ("keys of " + user).getBytes(UTF_8));
    }

    private ScramCredential madeUp(ScramMechanism mechanism, String user, byte[] seed, Shape shape) {
        return new ScramCredential(salt(mechanism, user, shape), seed, mechanism.mac(key(), seed), shape.iterations());
    }

    /// Nodes that made up different salts for the same name would give away that they made them up.
    private byte[] key() {
        byte[] shared = directory.sharedSecret();
        return shared.length == 0 ? secret : shared;
    }

    private byte[] salt(ScramMechanism mechanism, String user, Shape shape) {
        byte[] salt = new byte[shape.saltBytes()];
        byte[] random = mechanism.mac(key(), ("salt of " + user).getBytes(UTF_8));
        for (int i = 0; i < salt.length; i++) {
            int at = i % random.length;
            if (0 < i && at == 0) {
                random = mechanism.mac(key(), random);
            }
            salt[i] = shape.isText() ? (byte) TEXT.charAt((random[at] & 0xFF) % TEXT.length()) : random[at];
        }
        return salt;
    }
}
