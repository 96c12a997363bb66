// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Turns SIGTERM and SIGINT into an event, so that a job is stopped in good order before the JVM begins to shut down. A
 * shutdown hook would come too late: Flink and Kafka have hooks of their own, and all of them run at once.
 *
 * <p>The JDK supports {@code sun.misc.Signal} (module jdk.unsupported), but javac warns about every use in a way that
 * cannot be suppressed; hence reflection.
 */
public final class StopSignal {

    private static final List<String> SIGNALS = List.of("TERM", "INT");

    private StopSignal() {}

    /**
     * Completed with the signal's name when the first one arrives; from now on no such signal ends the JVM by itself.
     */
    public static CompletableFuture<String> install() {
        CompletableFuture<String> stop = new CompletableFuture<>();
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" ->
                    stop.complete("SIG" + signalClass.getMethod("getName").invoke(arguments[0]));
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "stop signal handler";
            };
            Object handler = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handlerClass}, invocation);
            for (String name : SIGNALS) {
                Object signal = signalClass.getConstructor(String.class).newInstance(name);
                signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JVM has no signal handlers: a JDK 17 or newer is needed", e);
        }
        return stop;
    }
}
