package io.girok.security.sasl;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The users of SCRAM as they stand in the metadata. Thread-safe.
public final class ImageScramUsers implements ScramUsers.Directory {
    private final Supplier<MetadataImage> images;
    private volatile boolean isKnown;

    public ImageScramUsers(Supplier<MetadataImage> images) {
        this.images = images;
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
        return images.get()
                .credentials()
                .entrySet()
                .stream()
                .min(Map.Entry.comparingByKey())
                .map(first -> first.getValue().serverKey())
                .orElseGet(() -> new byte[0]);
    }
}
