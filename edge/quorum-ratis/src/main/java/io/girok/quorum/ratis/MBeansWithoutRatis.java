package io.girok.quorum.ratis;

import java.lang.StackWalker.StackFrame;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import org.apache.ratis.util.JmxRegister;

/// Keeps Ratis from starting JMX, which costs a tenth of a second of processor time and more at every start of a node,
/// for a bean that nobody reads: Ratis registers it when it starts, and has no setting for that. Whoever else asks for
/// the beans of this JVM gets them.
///
/// JMX makes it by its name (`javax.management.builder.initial`). Stateless.
public final class MBeansWithoutRatis extends MBeanServerBuilder {
    private static final String BUILDER = "javax.management.builder.initial";
    private static final String NAME = MBeansWithoutRatis.class.getName();

    public MBeansWithoutRatis() {}

    /// While Ratis starts, unless the JVM was given another builder.
    static void install() {
        if (System.getProperty(BUILDER) == null) {
            System.setProperty(BUILDER, NAME);
        }
    }

    /// Ratis has started. The threads of an agent that is attached later would not find this class.
    static void remove() {
        if (NAME.equals(System.getProperty(BUILDER))) {
            System.clearProperty(BUILDER);
        }
    }

    /// @throws IllegalStateException when Ratis is who asks; it goes on without
    @Override
    public MBeanServer newMBeanServer(String defaultDomain, MBeanServer outer, MBeanServerDelegate delegate) {
        if (StackWalker.getInstance().walk(frames -> frames.anyMatch(MBeansWithoutRatis::isOfRatis))) {
            throw new IllegalStateException("JMX is not started for Ratis");
        }
        return super.newMBeanServer(defaultDomain, outer, delegate);
    }

    private static boolean isOfRatis(StackFrame frame) {
        return frame.getClassName().equals(JmxRegister.class.getName());
    }
}
