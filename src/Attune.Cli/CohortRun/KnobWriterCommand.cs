using System.Collections.Immutable;
using System.CommandLine;
using System.Net.Sockets;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Devices.Knobs;
using Attune.Devices.Knobs.Remote;
using Attune.Numerics.Words;

namespace Attune.Cli.CohortRun;

/// <summary><c>attune cohort knob-writer</c>: turns clocks for runs that have no right to.</summary>
internal sealed class KnobWriterCommand : CliCommand
{
    private readonly Option<string> socket = new("--socket") { Description = "Path of the socket to listen at.", HelpName = "FILE", Required = true };
    private readonly Option<string[]> users = new("--user")
    {
        Description = "Who may connect besides the user that runs this: a name or a number; may come several times.",
        HelpName = "USER",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string?> knobs = new("--knobs")
    {
        Description = "The knobs that may be turned, with commas between. Default: every clock of the machine.",
        HelpName = "NAMES",
    };
    private readonly Option<bool> force = new("--force-knobs") { Description = "Go on although another program also sets clocks." };
    private readonly Option<string?> restore = new("--restore-file")
    {
        Description = "Where to keep what puts the knobs back. Default: in the run folder of the system or of the user.",
        HelpName = "FILE",
    };
    private readonly Option<string?> root = new("--machine-root") { Description = "Folder that stands for / when knobs are looked for.", HelpName = "FOLDER" };

    public KnobWriterCommand()
        : base(
            "knob-writer",
            "As root: turn clocks for a cohort run that is not. Turns only knobs of its list, and puts them back when the run's connection ends.",
            "attune cohort knob-writer --socket /run/attune-knobs.sock --user camera",
            "attune cohort knob-writer --socket /run/attune-knobs.sock --user 1000 --knobs cpufreq/policy0,emc")
    {
        foreach (Option option in new Option[] { socket, users, knobs, force, restore, root })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string folder = invocation.Value(root) ?? "/";
        string path = Path.GetFullPath(invocation.Value(socket)!);
        ImmutableArray<uint> allowed = Users(invocation.Value(users)!, folder);
        ImmutableArray<IKnob> chosen = Chosen(invocation.Value(knobs), folder);
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"There is no folder {Path.GetDirectoryName(path)} for the socket.",
                "Make it, or name another path with --socket.");
        }

        var options = new KnobWriterOptions
        {
            SocketPath = path,
            Users = allowed,
            Notify = told => invocation.Progress.Announce($"knobs    {told}"),
            Session = new KnobSessionOptions
            {
                Root = folder,
                Release = true,
                Force = invocation.Value(force),
                RestorePath = invocation.Value(restore) ?? RestoreFile.DefaultPath,
                StartGuard = file => KnobGuardCommand.Start(file, folder),
                Clock = invocation.Clock,
            },
        };
        bool isRestored = Serve(chosen, options, invocation) == 0;
        string[] names = [.. chosen.Select(knob => knob.Description.Id)];
        return Task.FromResult(new CommandResult(new { Socket = path, Knobs = names, Users = allowed, Restored = isRestored }, report => report.Line(
            isRestored
                ? $"{path} is closed; {string.Join(", ", names)} are as they were"
                : $"{path} is closed; what could not be put back was said when it happened")));
    }

    /// <summary>Serves until the user ends it.</summary>
    /// <returns>How many things could not be put back.</returns>
    private static int Serve(ImmutableArray<IKnob> chosen, KnobWriterOptions options, Invocation invocation)
    {
        try
        {
            using KnobWriter writer = KnobWriter.Start(chosen, options).OrThrow(problem => new CommandFailedException(
                ExitCode.Device, ErrorCodes.KnobsInUse, $"Knobs cannot be served: {problem}.", "Stop the other one, or name another path with --socket."));
            invocation.Progress.Announce(
                $"knobs    serving {string.Join(", ", chosen.Select(knob => knob.Description.Id))} at {options.SocketPath}; Ctrl-C ends it");
            invocation.Cancellation.WaitHandle.WaitOne();
            writer.Dispose();
            return writer.LeftBehind;
        }
        catch (Exception refused) when (refused is SocketException or ArgumentOutOfRangeException)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"The socket {options.SocketPath} cannot be made: {refused.Message}",
                "Name another path with --socket, of at most a hundred characters, in a folder that this user may write to.");
        }
    }

    private static ImmutableArray<uint> Users(string[] names, string folder)
    {
        var allowed = ImmutableArray.CreateBuilder<uint>();
        if (SystemUsers.Current() is { } self)
        {
            allowed.Add(self);
        }

        foreach (string name in names)
        {
            allowed.Add(SystemUsers.Find(name, folder) ?? throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"There is no user '{name}'.", "Write --user NAME or --user NUMBER, as id prints them."));
        }

        return [.. allowed.Distinct()];
    }

    private static ImmutableArray<IKnob> Chosen(string? list, string folder)
    {
        ImmutableArray<IKnob> all = [.. KnobCatalog.Discover(folder, nvidia: folder == "/").Where(
            knob => knob.Description.BeyondProcess && knob.Description.Unit.EndsWith("Hz", StringComparison.Ordinal))];
        string[] names = [.. all.Select(knob => knob.Description.Id)];
        if (names.Length == 0)
        {
            throw new CommandFailedException(
                ExitCode.Device,
                ErrorCodes.UnknownKnob,
                "This machine has no clock that can be set.",
                "None is needed: cohort run chooses threads and variants.");
        }

        if (list is null)
        {
            return all;
        }

        string[] wanted = [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        return wanted.FirstOrDefault(name => !names.Contains(name)) is { } unknown
            ? throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.UnknownKnob,
                $"This machine has no clock '{unknown}'.{(NearMiss.Find(unknown, names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"It has: {string.Join(", ", names)}.")
            : [.. all.Where(knob => wanted.Contains(knob.Description.Id))];
    }
}
