using System.Collections.Immutable;
using System.Globalization;
using Attune.Kernels.Backends;
using Attune.Measuring.Workers;
using Microsoft.Win32.SafeHandles;

namespace Attune.Measuring.Kernels;

/// <summary>
/// The process in which kernels are measured, started from whatever program measures: a kernel may crash or hang, and must take nobody with it. Any program
/// will do, because the runtime calls a start-up hook of this library before the program's own <c>Main</c>, which a worker never reaches (decision 0031).
/// </summary>
public static class KernelWorker
{
    private const string FootprintVariable = "ATTUNE_WORKER_FOOTPRINT";
    private const string DeviceVariable = "ATTUNE_WORKER_DEVICE";
    private const string SettingsEnding = ".runtimeconfig.json";

    /// <summary>This program again, as a worker that speaks the measuring protocol on its standard streams.</summary>
    /// <param name="weightBytes">Bytes of weights that one inference of the model reads.</param>
    /// <param name="device">The device to measure on; null for the processors.</param>
    /// <exception cref="InvalidOperationException">
    /// The system does not tell the path of the running program, or it is one file, which cannot have start-up hooks.
    /// </exception>
    public static WorkerCommand InThisProgram(long weightBytes, DeviceName? device = null)
    {
        string library = typeof(KernelWorker).Assembly.Location;
        if (library.Length == 0)
        {
            throw new InvalidOperationException(
                "This program is published as a single file, so no worker can be started from it. Publish it without PublishSingleFile, or name a worker's "
                + "command of your own.");
        }

        // Measuring wants a quiet process: no background collections, no code that changes under a running measurement.
        return Again() with
        {
            Environment = ImmutableDictionary<string, string>.Empty
                .Add("DOTNET_STARTUP_HOOKS", library)
                .Add("DOTNET_gcServer", "0")
                .Add("DOTNET_gcConcurrent", "0")
                .Add("DOTNET_TieredPGO", "0")
                .Add(FootprintVariable, weightBytes.ToString(CultureInfo.InvariantCulture))
                .Add(DeviceVariable, (device ?? DeviceName.Cpu).ToString()),
        };
    }

    /// <summary>Measures for the process that started this one, on the standard streams, until it closes them.</summary>
    /// <param name="weightBytes">Bytes of weights that one inference of the model reads; at least 0.</param>
    /// <param name="clock">Clock of the timings; null takes the system's.</param>
    /// <param name="device">The device to measure on; null for the processors.</param>
    public static void Serve(long weightBytes, TimeProvider? clock = null, DeviceName? device = null)
    {
        clock ??= TimeProvider.System;
        using var factory = new KernelCandidateFactory(weightBytes, clock, device, ProgramCache.OfUser());

        // Descriptors 0 and 1 by number: the console's own streams would wait for a terminal's settings.
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        WorkerHost.Run(input, output, factory, new WorkerHostOptions { Clock = clock });
    }

    /// <summary>Makes sure that a worker does not tune, which would start workers without end.</summary>
    /// <exception cref="InvalidOperationException">This process was started as a worker, but runs its program.</exception>
    public static void RefuseInWorker()
    {
        if (Environment.GetEnvironmentVariable(FootprintVariable) is not null)
        {
            throw new InvalidOperationException(
                "This process was started to measure kernels, but runs its program: start-up hooks are switched off (StartupHookSupport in its project). "
                + "Switch them on, or name a worker's command of your own.");
        }
    }

    // A program that was started with the settings of another, as test hosts are, has none of its own: they must be named again.
    private static WorkerCommand Again()
    {
        WorkerCommand self = WorkerCommand.Self();
        if (self.Arguments is not [var program] || File.Exists(Path.ChangeExtension(program, SettingsEnding)))
        {
            return self;
        }

        const string Ending = ".deps.json";
        string? dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        return dependencies?.EndsWith(Ending, StringComparison.Ordinal) == true
            ? self with { Arguments = ["exec", "--runtimeconfig", dependencies[..^Ending.Length] + SettingsEnding, "--depsfile", dependencies, program] }
            : self;
    }

    /// <summary>Serves when this process was started as a worker, and ends it then.</summary>
    internal static void ServeWhenAsked()
    {
        if (long.TryParse(Environment.GetEnvironmentVariable(FootprintVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long weightBytes))
        {
            Serve(
                weightBytes,
                clock: null,
                DeviceName.TryParse(Environment.GetEnvironmentVariable(DeviceVariable), provider: null, out DeviceName? device) ? device : DeviceName.Cpu);
            Environment.Exit(0);
        }
    }
}
