package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The users of SCRAM as they stand in the metadata. Thread-safe.
public final class ImageScramUsers implements ScramUsers.Directory {
    /// What follows from all credentials together.
    ///
    /// @param of those of the image that it was made for
    private record Summary(Map<ScramUser, ScramCredential> of, Map<Integer, List<ScramUsers.Shape>> shapes) {
        private static Summary made(Map<ScramUser, ScramCredential> credentials) {
            return new Summary(credentials, credentials.entrySet()
                    .stream()
                    .collect(Collectors.groupingBy(each -> each.getKey().mechanism(), Collectors.mapping(
                            each -> ScramUsers.Shape.of(each.getValue()), Collectors.collectingAndThen(
                                    Collectors.toCollection(TreeSet::new), List::copyOf)))));
        }
    }

    private final Supplier<MetadataImage> images;
    private final DelegationTokens tokens;
    private volatile Summary summary = Summary.made(Map.of());
    private volatile boolean isKnown;

    public ImageScramUsers(Supplier<MetadataImage> images, DelegationTokens tokens) {
        this.images = images;
        this.tokens = tokens;
    }

    /// The image is up to the node's own registration.
    public void known() {
        isKnown = true;
    }

    @Override
    public boolean isKnown() {
        return isKnown;
    }

    @Override
    public @Nullable ScramCredential find(ScramMechanism mechanism, String user) {
        return images.get().credential(new ScramUser(user, mechanism.number()));
    }

    /// Made from no password: what is made up from it would say something of one.
    @Override
    public byte[] sharedSecret() {
        return images.get().loginSecret().map(secret -> secret.reveal().getBytes(UTF_8)).orElseGet(() -> new byte[0]);
    }

    @Override
    public List<ScramUsers.Shape> shapes(ScramMechanism mechanism) {
        return summary().shapes().getOrDefault(mechanism.number(), List.of());
    }

    @Override
    public DelegationTokens tokens() {
        return tokens;
    }

    /// Looked through again only when a credential has changed: images share what has not.
    @SuppressWarnings("ReferenceEquality") // to compare what is in them would take as long
    private Summary summary() {
        Map<ScramUser, ScramCredential> present = images.get().credentials();
        Summary known = summary;
        if (known.of() != present) {
            known = Summary.made(present);
            summary = known;
        }
        return known;
    }
}
