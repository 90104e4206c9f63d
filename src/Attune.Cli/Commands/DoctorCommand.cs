using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Bench;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends;
using Attune.Measuring.Probes;

namespace Attune.Cli.Commands;

/// <summary><c>attune doctor</c>: what this machine is, what it can do right now, and what is missing.</summary>
internal sealed class DoctorCommand : CliCommand
{
    // Candidates closer than this cannot be told apart in a few repeats.
    private const double NoisyShare = 0.03;

    private readonly Option<int?> threads = SharedOptions.Threads();

    public DoctorCommand()
        : base("doctor", "Show this machine: CPU, vector widths, clocks, noise, memory bandwidth, peak, OpenCL devices, and what is missing.", "attune doctor")
    {
        Command.Options.Add(threads);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
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
        Result<ImmutableArray<OpenClDevice>, string> openCl = OpenClDevices.List();
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
            Caches = device.Caches.Select(cache => new { cache.Level, cache.SizeBytes, cache.SharedBy, cache.IsKnown }),
            device.MemoryBytes,
            Speed = new[] { one, all }.Distinct(),
            MeasuredMhz = megahertz,
            Noise = noise.RelativeSpread,
            NoiseWorst = noise.WorstRatio,
            Dotnet = $"{Environment.Version}",
            OnnxRuntime = peer,
            OpenCl = openCl.Succeeded ? openCl.Value : [],
            OpenClMissing = openCl.Error,
        };
        return Task.FromResult(new CommandResult(data, report =>
        {
            report.Line($"CPU     {device.Identity.Brand} ({device.Architecture}{(device.Identity.IsVirtualised ? ", virtual machine" : string.Empty)})");
            report.Line($"        {Units.Counted(device.PhysicalCores, "core")}, {device.AllowedCpus.Length} processors "
                + $"usable{(device.CpuQuota is { } quota ? $", quota {quota:0.##}" : string.Empty)}; clock {Clock(device)}, measured {megahertz:0} MHz");
            report.Line($"Vectors {string.Join(", ", device.VectorWidths.Select(lanes => $"{lanes * 32}"))} bits; {string.Join(' ', device.InstructionSets)}");
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
            foreach (OpenClDevice found in data.OpenCl)
            {
                report.Line($"OpenCL  {DeviceName.OpenCl(found.Number)}: {found.Name} ({found.Kind}; {found.Version}; driver {found.Driver})");
                report.Line(
                    $"        {Units.Counted(found.ComputeUnits, "compute unit")}, {Units.Bytes(found.MemoryBytes)} of memory, "
                    + $"at most {Units.Bytes(found.AllocationBytes)} at once; groups of {found.GroupLanes} lanes that share {Units.Bytes(found.LocalBytes)}");
            }

            if (data.OpenClMissing is { } missing)
            {
                report.Line($"OpenCL  {missing}");
            }

            report.Line(
                $"Peer    ONNX Runtime: {peer ?? (OnnxRuntimePeer.IsOffered ? "not installed (bench --against onnxruntime fetches it)" : "not installed")}");
        })
        {
            Warnings = Warnings(device, noise),
            Next = "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune",
        });
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

    private static string Clock(CpuDevice device) => (device.CurrentMhz, device.MaxMhz) switch
    {
        ({ } now, { } max) => $"{now:0} MHz now, {max:0} MHz at most",
        ({ } now, null) => $"{now:0} MHz",
        (null, { } max) => $"{max:0} MHz at most",
        _ => "unknown",
    };
}
