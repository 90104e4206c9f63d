using System.Collections.Immutable;
using Attune.Compile.Models;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Cli.Models;

/// <summary>What the user should know about a model that runs.</summary>
internal static class ModelWarnings
{
    /// <summary>The warnings, one sentence or two each.</summary>
    public static ImmutableArray<string> Of(RunnableModel model) => model switch
    {
        { Tuned: { } tuned, Narrowed: { } narrowed } => [.. Of(tuned, model.Compiled), .. NarrowModel.Warnings(narrowed, tuned)],
        { Tuned: { } tuned } => Of(tuned, model.Compiled),
        { Narrowed: { } narrowed } => [.. model.ReadWarnings, .. NarrowModel.Warnings(narrowed)],
        _ => model.ReadWarnings,
    };

    private static ImmutableArray<string> Of(TunedModel tuned, CompiledModel compiled)
    {
        if (compiled.Device.Kind != TargetKind.Cpu || tuned.DeviceKind != TargetKind.Cpu)
        {
            DeviceProfile here = compiled.Device;
            return tuned.DeviceKind == here.Kind && tuned.Device == here.Id ? [] :
            [
                $"It was tuned on another device ({tuned.DeviceDescription}); it runs on {here.Name} with "
                    + $"{(tuned.DeviceKind == here.Kind ? "the nearest" : "default")} configurations. Tune it again with --device {here.Name}.",
            ];
        }

        int threads = compiled.Options.Threads;
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (CpuDevice.Detect().Fingerprint.Match(tuned.Device) == DeviceMatch.Different)
        {
            warnings.Add($"It was tuned on another CPU ({tuned.DeviceDescription}); it runs here with the nearest configurations. Tune it again for this CPU.");
        }

        if (tuned.Threads != threads)
        {
            warnings.Add($"It was tuned for {tuned.Threads} thread{(tuned.Threads == 1 ? string.Empty : "s")} but runs with {threads}; use --threads "
                + $"{tuned.Threads}, or tune with --threads {threads}.");
        }

        return warnings.ToImmutable();
    }
}
