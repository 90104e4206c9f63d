using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cohort.Live;
using Attune.Devices;
using Attune.Devices.Knobs;
using Attune.Devices.Knobs.Remote;
using Attune.Numerics.Words;

namespace Attune.Cli.CohortRun;

/// <summary>Options about knobs and meters that profiling and running share.</summary>
internal sealed class KnobArguments
{
    private readonly Option<string?> root = new("--machine-root")
    {
        Description = "Folder that stands for / when knobs and meters are looked for: to try on files of another machine.",
        HelpName = "FOLDER",
    };
    private readonly Option<bool> release = new("--release-knobs")
    {
        Description = "Turn knobs that other processes feel too (clocks, control groups). Without it they are only looked at. All are put back in the end, "
            + "also when this process is killed.",
    };
    private readonly Option<bool> force = new("--force-knobs") { Description = "With --release-knobs: go on although another program also sets clocks." };
    private readonly Option<string?> restore = new("--restore-file")
    {
        Description = "Where to keep what puts the knobs back. Default: in the run folder of the system or of the user.",
        HelpName = "FILE",
    };

    private readonly Option<string?> writer = new("--knob-writer")
    {
        Description = "Turn clocks through attune cohort knob-writer, which runs as root and listens at this socket; this command needs no rights then.",
        HelpName = "SOCKET",
    };

    /// <summary>The options.</summary>
    public IEnumerable<Option> Options => [release, force, restore, root, writer];

    /// <summary>Where the system's files are.</summary>
    public string Root(Invocation invocation) => invocation.Value(root) ?? "/";

    /// <summary>Opens a session with some of this machine's knobs.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="wanted">Their ids; the number of threads, which is no knob of the machine, is left out.</param>
    /// <returns>Null when none is wanted.</returns>
    /// <exception cref="CommandFailedException">There is no such knob, or knobs cannot be turned now.</exception>
    public KnobSession? Open(Invocation invocation, IEnumerable<string> wanted)
    {
        string[] ids = [.. wanted.Where(id => id != RunningCohort.ThreadsKnob).Distinct()];
        if (ids.Length == 0)
        {
            return null;
        }

        string folder = Root(invocation);
        RemoteKnobs? remote = Connect(invocation.Value(writer));
        ImmutableArray<IKnob> served = remote?.Knobs ?? [];
        ImmutableArray<IKnob> all = [.. served, .. KnobCatalog.Discover(folder, nvidia: folder == "/" && remote is null).Where(
            knob => served.All(other => other.Description.Id != knob.Description.Id))];
        if (ids.FirstOrDefault(id => all.All(knob => knob.Description.Id != id)) is { } unknown)
        {
            remote?.Dispose();
            string[] names = [RunningCohort.ThreadsKnob, .. all.Select(knob => knob.Description.Id)];
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.UnknownKnob,
                $"This machine has no knob '{unknown}'.{(NearMiss.Find(unknown, names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"It has: {string.Join(", ", names)}.");
        }

        if (!served.Any(knob => ids.Contains(knob.Description.Id)))
        {
            remote?.Dispose();
        }

        var options = new KnobSessionOptions
        {
            Root = folder,
            Release = invocation.Value(release),
            Force = invocation.Value(force),
            RestorePath = invocation.Value(restore) ?? RestoreFile.DefaultPath,
            StartGuard = file => KnobGuardCommand.Start(file, folder),
            Notify = told => invocation.Progress.Announce($"knobs    {told}"),
            Clock = invocation.Clock,
        };
        Result<KnobSession, string> session = KnobSession.Open(all.Where(knob => ids.Contains(knob.Description.Id)), options);
        if (!session.Succeeded)
        {
            remote?.Dispose();
            throw new CommandFailedException(
                ExitCode.Device,
                ErrorCodes.KnobsInUse,
                $"Knobs cannot be turned: {session.Error}",
                "Wait for the other program or stop it (--force-knobs goes on beside it); --restore-file names another restore file.");
        }

        return session.Value;
    }

    private static RemoteKnobs? Connect(string? socket) => socket is null
        ? null
        : RemoteKnobs.Connect(socket).OrThrow(problem => new CommandFailedException(
            ExitCode.Device,
            ErrorCodes.NoKnobWriter,
            $"The knob writer at {socket} does not serve this run: {problem}.",
            $"As root: attune cohort knob-writer --socket {socket} --user {Environment.UserName}"));
}
