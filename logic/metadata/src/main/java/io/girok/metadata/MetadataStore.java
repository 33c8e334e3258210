package io.girok.metadata;

import io.girok.base.Invariant;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Turns what the metadata log delivers into the present image, and tells subscribers of each change.
///
/// Changed by the metadata log's delivering thread only; [#image] may be asked from any thread.
public final class MetadataStore implements MetadataListener {
    /// Hears of changes, on the delivering thread, in order.
    public interface Subscriber {
        /// The image became `image`; it differs by `delta` from the one before.
        void onImage(MetadataImage image, MetadataDelta delta);

        /// This node leads the quorum from now on; every earlier commit is in the image.
        default void onLeader(long epoch) {}

        default void onNotLeader(long epoch) {}
    }

    private final Consumer<Throwable> onFatal;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;

    /// @param onFatal halts the process: the node no longer knows what the cluster has decided
    public MetadataStore(Consumer<Throwable> onFatal) {
        this.onFatal = onFatal;
    }

    public MetadataImage image() {
        return image;
    }

    /// From the next change on; called before the metadata log starts, so that none is missed.
    public void subscribe(Subscriber subscriber) {
        subscribers.add(subscriber);
    }

    @Override
    public void onCommit(long epoch, long firstOffset, List<byte[]> records) {
        try {
            Invariant.check(firstOffset == image.endOffset(), "metadata is delivered without a gap");
            ImageChange change = new ImageChange(image);
            for (byte[] record : records) {
                change.apply(MetadataCodec.decode(record));
            }
            publish(change.image(), change.delta());
        } catch (RuntimeException e) {
            onFatal.accept(e);
            throw e;
        }
    }

    @Override
    public void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException {
        MetadataImage loaded = ImageSnapshot.read(in);
        Invariant.check(loaded.endOffset() == lastOffset + 1, "a snapshot covers what its name says");
        MetadataImage before = image;
        publish(loaded, difference(before, loaded));
    }

    private void publish(MetadataImage after, MetadataDelta delta) {
        image = after;
        for (Subscriber subscriber : subscribers) {
            subscriber.onImage(after, delta);
        }
    }

    private static MetadataDelta difference(MetadataImage before, MetadataImage after) {
        Set<io.girok.base.TopicId> changed = new HashSet<>();
        Set<io.girok.base.TopicId> deleted = new HashSet<>();
        for (TopicImage topic : after.topics()) {
            if (!topic.equals(before.topic(topic.id()))) {
                changed.add(topic.id());
            }
        }
        for (TopicImage topic : before.topics()) {
            if (after.topic(topic.id()) == null) {
                deleted.add(topic.id());
            }
        }
        Set<ConfigTarget> configs = new HashSet<>(before.configs().keySet());
        configs.addAll(after.configs().keySet());
        configs.removeIf(target -> before.config(target).equals(after.config(target)));
        Set<Integer> brokers = new HashSet<>(before.brokerMap().keySet());
        brokers.addAll(after.brokerMap().keySet());
        brokers.removeIf(id -> java.util.Objects.equals(before.broker(id), after.broker(id)));
        return new MetadataDelta(changed, deleted, configs, brokers);
    }

    @Override
    public SnapshotWriter captureSnapshot() {
        MetadataImage captured = image;
        return out -> ImageSnapshot.write(captured, out);
    }

    @Override
    public void onLeader(long epoch) {
        subscribers.forEach(subscriber -> subscriber.onLeader(epoch));
    }

    @Override
    public void onNotLeader(long epoch) {
        subscribers.forEach(subscriber -> subscriber.onNotLeader(epoch));
    }

    @Override
    public void onFatal(Throwable cause) {
        onFatal.accept(cause);
    }
}
