using System.CommandLine;
using System.Text.Json;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Devices.Cuda;
using Attune.Devices.OpenCl;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring.Programs;
using Attune.Measuring.Workers;

namespace Attune.Cli.Doctor;

/// <summary>
/// <c>attune device-probe KIND</c>, hidden: lists the devices of one kind. Drivers may crash or hang when they are asked; then they do so in this process and
/// not in the one that wants to know.
/// </summary>
internal sealed class DeviceProbeCommand : CliCommand
{
    private const string Name = "device-probe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Argument<string> kind = new("KIND") { Description = "Kind of device." };

    public DeviceProbeCommand()
        : base(Name, "List the devices of one kind for another process.")
    {
        Command.Hidden = true;
        Command.Arguments.Add(kind);
    }

    /// <summary>Asks a process of its own.</summary>
    /// <param name="kind">Kind of device, not the processors.</param>
    /// <param name="clock">Clock of the time that it is given.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<DeviceListing> AskAsync(TargetKind kind, TimeProvider clock, CancellationToken cancellation)
    {
        WorkerCommand command = WorkerCommand.Self(Name, DeviceName.NameOf(kind), "--json");
        ProgramRun run = await UserProgram.RunAsync([command.FileName, .. command.Arguments], Patience, clock, cancellation);
        return run.Problem is null ? Read(run.Output)
            : run.TimedOut ? DeviceListing.Nothing(
                $"a driver did not say within {Patience.TotalSeconds:0} s which devices it has; remove it, or restart the machine")
            : DeviceListing.Nothing($"a driver broke down when it was asked for its devices ({run.Problem}); remove or update it");
    }

    /// <summary>What a probe printed.</summary>
    /// <param name="text">A JSON document.</param>
    internal static DeviceListing Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return new DeviceListing(
                [.. root.GetProperty("devices").EnumerateArray().Select(device => (object)device.Clone())],
                [.. root.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!)],
                root.GetProperty("missing").GetString());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A driver wrote into the list, for example.
            return DeviceListing.Nothing($"the list of its devices cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string name = invocation.Value(kind)!;
        DeviceListing listing = DeviceName.FindKind(name) switch
        {
            TargetKind.OpenCl => DeviceListing.OfOpenCl(OpenClDevices.List()),
            TargetKind.Cuda => DeviceListing.OfCuda(CudaDevices.List(), CudaCompiler.For),
            _ => throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"There are no drivers to ask for devices of the kind '{name}'.",
                $"attune {Name} {DeviceName.NameOf(TargetKind.Cuda)}"),
        };
        return Task.FromResult(new CommandResult(listing, report =>
        {
            foreach (string line in listing.Lines.DefaultIfEmpty(listing.Missing ?? string.Empty))
            {
                report.Line(line);
            }
        }));
    }
}
