using Attune.Measuring.Kernels;

#pragma warning disable CA1050, MA0047, RCS1110 // The runtime looks for a type of this name in no namespace.
/// <summary>What the runtime calls before the <c>Main</c> of a program that was started as a worker.</summary>
internal static class StartupHook
{
    /// <summary>Turns the process into a worker.</summary>
    public static void Initialize() => KernelWorker.ServeWhenAsked();
}
