using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Bench;
using Attune.Cli.Doctor;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Kernels.Targets;
using Attune.Measuring.Peers;
using Attune.Measuring.Probes;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune doctor</c>: what this machine is, what it can do right now, and what is missing.</summary>
internal sealed class DoctorCommand : CliCommand
{
    // Candidates closer than this cannot be told apart in a few repeats.
    private const double NoisyShare = 0.03;

    private readonly Option<int?> threads = SharedOptions.Threads();

    public DoctorCommand()
        : base("doctor", "Show this machine: CPU, vector widths, clocks, noise, memory bandwidth, peak, GPUs, and what is missing.", "attune doctor")
    {
        Command.Options.Add(threads);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        var device = CpuDevice.Detect();
        int many = SharedOptions.CheckThreads(invocation.Value(threads));
        var probe = new MachineProbe(device.VectorLanes, invocation.Clock);
        invocation.Progress.Report("doctor  measuring peak arithmetic and memory bandwidth");
        MachineSpeed one = probe.Run(1, invocation.Cancellation);
        MachineSpeed all = many == 1 ? one : probe.Run(many, invocation.Cancellation);
        NoiseReport noise = probe.Noise();
        double megahertz = probe.Megahertz();
        string? peer = OnnxRuntimePeer.FindProgram();
        DeviceListing openCl = await DeviceProbeCommand.AskAsync(TargetKind.OpenCl, invocation.Clock, invocation.Cancellation);
        DeviceListing cuda = await DeviceProbeCommand.AskAsync(TargetKind.Cuda, invocation.Clock, invocation.Cancellation);
        var data = new
        {
            Cpu = device.Identity.Brand,
            device.Architecture,
            Virtualised = device.Identity.IsVirtualised,
            Fingerprint = device.Fingerprint.Id,
            device.PhysicalCores,
            Processors = device.AllowedCpus.Length,
            device.CpuQuota,
            device.UsableThreads,
            device.MaxMhz,
            device.CurrentMhz,
            VectorBits = device.VectorWidths.Select(lanes => lanes * 32),
            device.InstructionSets,
            MachineCode = HostTarget.Widest.MachineCode,
            MachineCodeMissing = HostTarget.MachineCodeRefusal,
            NarrowInstructions = NarrowInstructions(),
            MatrixTilesMissing = HostTarget.MatrixTileRefusal,
            Caches = device.Caches.Select(cache => new { cache.Level, cache.SizeBytes, cache.SharedBy, cache.IsKnown }),
            device.MemoryBytes,
            Speed = new[] { one, all }.Distinct(),
            MeasuredMhz = megahertz,
            Noise = noise.RelativeSpread,
            NoiseWorst = noise.WorstRatio,
            Dotnet = $"{Environment.Version}",
            OnnxRuntime = peer,
            OpenCl = openCl.Devices,
            OpenClMissing = openCl.Missing,
            Cuda = cuda.Devices,
            CudaMissing = cuda.Missing,
        };
        return new CommandResult(data, report =>
        {
            report.Line($"CPU     {device.Identity.Brand} ({device.Architecture}{(device.Identity.IsVirtualised ? ", virtual machine" : string.Empty)})");
            report.Line($"        {Units.Counted(device.PhysicalCores, "core")}, {device.AllowedCpus.Length} processors "
                + $"usable{(device.CpuQuota is { } quota ? $", quota {quota:0.##}" : string.Empty)}; clock {Clock(device)}, measured {megahertz:0} MHz");
            report.Line($"Vectors {string.Join(", ", device.VectorWidths.Select(lanes => $"{lanes * 32}"))} bits; {string.Join(' ', device.InstructionSets)}");
            report.Line($"Code    {Code()}");
            IEnumerable<string> caches = device.Caches.Select(
                cache => $"L{cache.Level} {Units.Bytes(cache.SizeBytes)}{(cache.IsKnown ? string.Empty : " (assumed)")}");
            report.Line($"Caches  {string.Join(", ", caches)}; memory {Units.Bytes(device.MemoryBytes)}");
            foreach (MachineSpeed speed in data.Speed)
            {
                report.Line($"Peak    {Units.Count(speed.PeakFlops)}FLOP/s and {Units.Count(speed.BytesPerSecond)}B/s from memory with {speed.Threads} "
                    + $"thread{(speed.Threads == 1 ? string.Empty : "s")}");
            }

            report.Line(
                $"Noise   equal work differs by +-{Units.Percent(noise.RelativeSpread)}, at worst {noise.WorstRatio:0.0} times the median: {noise.Verdict}");
            report.Line($"Device  {device.Fingerprint.Id}");
            Show(report, "OpenCL", openCl);
            Show(report, "CUDA", cuda);
            report.Line(
                $"Peer    ONNX Runtime: {peer ?? (PeerOffer.IsOffered ? "not installed (bench --against onnxruntime fetches it)" : "not installed")}");
        })
        {
            Warnings = Warnings(device, noise),
            Next = "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune",
        };
    }

    private static void Show(IAnsiConsole report, string kind, DeviceListing listing)
    {
        foreach (string line in listing.Lines.DefaultIfEmpty(listing.Missing ?? string.Empty))
        {
            // A device begins with its name; what belongs to it stands below.
            bool isFirst = listing.Lines.IsEmpty || line.StartsWith($"{kind.ToLowerInvariant()}:", StringComparison.Ordinal);
            report.Line($"{(isFirst ? kind : string.Empty),-8}{line}");
        }
    }

    private static ImmutableArray<string> Warnings(CpuDevice device, NoiseReport noise)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (noise.RelativeSpread > NoisyShare)
        {
            warnings.Add($"Timings are noisy (+-{Units.Percent(noise.RelativeSpread)}): something else is running, or the clock changes. Tune when "
                + "the machine is quiet.");
        }

        if (device.VectorLanes < 8)
        {
            warnings.Add("No vectors wider than 128 bits: kernels will be slow. On x64 this means a CPU without AVX2, or .NET settings that forbid it.");
        }

        return warnings.ToImmutable();
    }

    private static string Code() => (HostTarget.Widest.MachineCode, HostTarget.MachineCodeRefusal) switch
    {
        (MachineCodeUse.All, _) => $"all kernels are machine code of Attune's own (ATTUNE_MACHINE_CODE=1), {Narrow()}",
        (MachineCodeUse.ByteProducts, _) => $"by the JIT; layers on bytes or bf16 are machine code of Attune's own, {Narrow()}",
        (_, { } refusal) => $"by the JIT alone: {refusal}",
        _ => "by the JIT alone (ATTUNE_MACHINE_CODE=0)",
    };

    private static string Narrow()
    {
        string[] instructions = NarrowInstructions();
        string with = instructions.Length == 0 ? "and this processor has no instructions for them" : $"with {string.Join(", ", instructions)}";
        return HostTarget.MatrixTileRefusal is { } refusal ? $"{with}; without AMX: {refusal}" : with;
    }

    // What multiplies bytes and brain floats, the fastest first.
    private static string[] NarrowInstructions()
    {
        VectorInstructions all = HostTarget.Widest.Instructions;
        (VectorInstructions Flag, string Name)[] names =
        [
            (VectorInstructions.MatrixTiles, "AMX"),
            (VectorInstructions.DotProduct512, "AVX512-VNNI"),
            (VectorInstructions.DotProduct256, "AVX-VNNI"),
            (VectorInstructions.BFloat16Products, "AVX512-BF16"),
        ];
        return [.. names.Where(entry => all.HasFlag(entry.Flag)).Select(entry => entry.Name)];
    }

    private static string Clock(CpuDevice device) => (device.CurrentMhz, device.MaxMhz) switch
    {
        ({ } now, { } max) => $"{now:0} MHz now, {max:0} MHz at most",
        ({ } now, null) => $"{now:0} MHz",
        (null, { } max) => $"{max:0} MHz at most",
        _ => "unknown",
    };
}
