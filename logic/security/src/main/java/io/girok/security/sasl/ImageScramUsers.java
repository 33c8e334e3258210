package io.girok.security.sasl;

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
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Summary(Map<ScramUser, ScramCredential> of, byte[] sharedSecret,
            Map<Integer, List<ScramUsers.Shape>> shapes) {
        private static Summary made(Map<ScramUser, ScramCredential> credentials) {
            byte[] first = credentials.entrySet()
                    .stream()
                    .min(Map.Entry.comparingByKey())
                    .map(each -> each.getValue().serverKey())
                    .orElseGet(() -> new byte[0]);
            return new Summary(credentials, first, credentials.entrySet()
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

    /// What the first user's password is known by: the same on all nodes, and it seldom changes.
    @Override
    public byte[] sharedSecret() {
        return summary().sharedSecret();
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
