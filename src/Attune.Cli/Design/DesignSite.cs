using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Numerics.Words;
using Attune.Records;

namespace Attune.Cli.Design;

/// <summary>What a command on a family of models works with: its space, its store, this machine.</summary>
internal sealed class DesignSite : IDisposable
{
    private readonly TimeProvider clock;

    private DesignSite(DesignSession session, string records, string folder, TimeProvider clock)
    {
        Session = session;
        Records = records;
        this.clock = clock;
        Folder = folder;
        Cpu = CpuDevice.Detect();
    }

    /// <summary>The family and its store.</summary>
    public DesignSession Session { get; }

    /// <summary>The space.</summary>
    public DesignSpace Space => Session.Space;

    /// <summary>This machine.</summary>
    public CpuDevice Cpu { get; }

    /// <summary>Folder for files of programs of the user.</summary>
    public string Folder { get; }

    /// <summary>Path of the tuning records.</summary>
    public string Records { get; }

    /// <summary>Opens everything.</summary>
    /// <exception cref="CommandFailedException">The space has faults.</exception>
    /// <exception cref="JournalException">The store cannot be used.</exception>
    public static DesignSite Open(Invocation invocation, DesignOptions options)
    {
        DesignSpace space = SpaceFile.Read(invocation.Value(options.Space)!);
        string path = Path.GetFullPath(invocation.Value(options.Store) ?? DesignStore.DefaultPath());
        string folder = Path.Combine(Path.GetDirectoryName(path)!, "designs");
        var store = DesignStore.Open(path, invocation.Clock);
        if (store.Damaged > 0)
        {
            invocation.Progress.Announce($"design  {store.Damaged} damaged lines of {path} were left out");
        }

        var networks = new DesignNetworks(space, folder, invocation.Value(options.AllowPrograms), invocation.Clock);
        return new DesignSite(new DesignSession(networks, store, invocation.Clock), invocation.Value(options.Records) ?? RecordFolder.DefaultJournal(), folder, invocation.Clock);
    }

    /// <summary>Reads a device of this machine.</summary>
    /// <exception cref="CommandFailedException">The text is none (AT1005).</exception>
    public static LocalDevice Local(string text, string option) =>
        LocalDevice.Parse(text, out string? problem) ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"{option}: {problem}", $"Use {option} local, or {option} local:threads=1,batch=4.");

    /// <summary>Reads a target: a device of this machine, or one whose measurements are in the store.</summary>
    /// <exception cref="CommandFailedException">It is neither (AT1005).</exception>
    public (DeviceKey Key, LocalDevice? Local) Target(string text)
    {
        if (text.StartsWith(LocalDevice.Prefix, StringComparison.Ordinal))
        {
            LocalDevice local = Local(text, "--target");
            return (local.KeyOn(Cpu), local);
        }

        ImmutableArray<DeviceKey> known = Session.Store.Devices(Space.Family);
        if (DeviceKey.Parse(text) is { } key && known.Contains(key))
        {
            return (key, LocalDevice.Of(key, Cpu));
        }

        string near = NearMiss.Find(text, known.Select(device => device.ToString())) is { } found ? $" Did you mean '{found}'?" : string.Empty;
        throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"'{text}' is neither a device of this machine nor one in the store.{near}",
            known.IsEmpty ? "Use --target local, or --target local:threads=1,lanes=8,batch=4,tuned." : $"Use --target local, or one of: {string.Join(", ", known)}.");
    }

    /// <summary>A measurer of this machine.</summary>
    /// <exception cref="CommandFailedException">A tuned device has no tuning records, or no design can be built.</exception>
    public LocalMeasurer Measurer(LocalDevice device, CancellationToken cancellation)
    {
        LocalMeasurerStart start = new LocalMeasurerFactory(Session, Cpu, Records, clock).StartAsync(device, cancellation).GetAwaiter().GetResult();
        return start switch
        {
            { Measurer: { } measurer } => measurer,
            { LacksRecords: true } => throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.NothingToLearn,
                $"{device} wants tuned kernels, but {Records} holds no record of this device with {Units.Counted(device.Threads, "thread")}.",
                PrintedCommand.Of("design", "proxy", "build", "--space", "FILE", "--device", $"{device}", "--tune", "2m")),
            _ => throw new CommandFailedException(
                ExitCode.Model,
                ErrorCodes.UnbuildableSpace,
                $"No design of '{Space.Family}' can be built: {start.Problem}",
                Space.Build is CommandBuild ? "Run the program by hand; with --allow-programs it is run here." : "attune design space check FILE"),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Store.Dispose();
}
