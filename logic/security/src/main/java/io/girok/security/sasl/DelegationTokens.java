package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.setting.SecuritySettings;
import io.girok.metadata.setting.Settings;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The delegation tokens in the metadata, and the passwords that go with them. Thread-safe.
///
/// A token's password is the HMAC-SHA-512 of its id by the secret key of the settings, as in Apache Kafka. It is never
/// stored, neither in the metadata nor in a snapshot of them: it is made when it is needed, so whoever reads the
/// metadata can't use the tokens in them, and nodes with another key do not know them. Some are remembered in memory.
public final class DelegationTokens {
    /// Where there are no tokens.
    public static final DelegationTokens NONE = new DelegationTokens(() -> MetadataImage.EMPTY, new byte[0]);

    private static final int MAX_REMEMBERED = 1_000;

    private record Key(ScramMechanism mechanism, String id) {}

    private final Supplier<MetadataImage> images;
    private final byte[] secret;
    /// To make one takes as long as a client takes to salt a password.
    private final ConcurrentMap<Key, ScramCredential> credentials = new ConcurrentHashMap<>();
    /// Ids by password, of [#indexed]; both guarded by this object.
    private final Map<ByteBuffer, String> ids = new HashMap<>();
    private Map<String, DelegationToken> indexed = Map.of();

    private DelegationTokens(Supplier<MetadataImage> images, byte[] secret) {
        this.images = images;
        this.secret = secret;
    }

    /// As the settings of the node want it.
    public static DelegationTokens of(Settings given, Supplier<MetadataImage> images) {
        return new DelegationTokens(images, given.find(SecuritySettings.DELEGATION_TOKEN_SECRET_KEY)
                .map(Secret::reveal)
                .orElse("")
                .getBytes(UTF_8));
    }

    /// Whether there is a secret key; without it nothing else is asked.
    public boolean areOn() {
        return 0 < secret.length;
    }

    /// What goes with the token of that id: in base 64, the password of its bearer.
    public byte[] hmac(String id) {
        return ScramMechanism.SHA_512.mac(secret, id.getBytes(UTF_8));
    }

    /// The token that goes with `hmac`, null when there is none.
    public @Nullable DelegationToken byHmac(byte[] hmac) {
        MetadataImage image = images.get();
        String id = idOf(ByteBuffer.wrap(hmac), image.tokens());
        return id == null ? null : image.token(id);
    }

    /// Images share what has not changed, so it seldom takes more than a look.
    @SuppressWarnings("ReferenceEquality") // to compare what is in them would take as long
    private synchronized @Nullable String idOf(ByteBuffer hmac, Map<String, DelegationToken> tokens) {
        String id = ids.get(hmac);
        if (id == null && indexed != tokens) {
            ids.values().retainAll(tokens.keySet());
            Set<String> known = new HashSet<>(ids.values());
            tokens.keySet()
                    .stream()
                    .filter(each -> !known.contains(each))
                    .forEach(each -> ids.put(ByteBuffer.wrap(hmac(each)), each));
            indexed = tokens;
            id = ids.get(hmac);
        }
        return id;
    }

    /// Null when there is none of that id; one that is over may still be there.
    @Nullable
    DelegationToken find(String id) {
        return images.get().token(id);
    }

    /// What the bearer of the token of that id is known by: the same on all nodes. Who can tell by the time that it is
    /// made for the first time has guessed a random id.
    ScramCredential credential(ScramMechanism mechanism, String id) {
        if (MAX_REMEMBERED <= credentials.size()) {
            credentials.clear();
        }
        return credentials.computeIfAbsent(new Key(mechanism, id), key -> {
            byte[] hmac = hmac(id);
            byte[] salt = Arrays.copyOf(mechanism.mac(hmac, "salt".getBytes(UTF_8)), ScramUsers.USUAL.saltBytes());
            return mechanism.keys(Base64.getEncoder().encodeToString(hmac), salt, ScramUsers.USUAL.iterations());
        });
    }
}
