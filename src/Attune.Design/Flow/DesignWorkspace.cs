using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Records.Journals;

namespace Attune.Design.Flow;

/// <summary>
/// What all work on a family of models needs: its space, its store, this machine, and a folder for files of programs of the user. One thread.
/// </summary>
public sealed class DesignWorkspace : IDisposable
{
    private DesignWorkspace(DesignSession session, string folder, DesignWorkspaceOptions options)
    {
        Session = session;
        Folder = folder;
        Options = options;
        Cpu = CpuDevice.Detect();
    }

    /// <summary>The family and its store.</summary>
    public DesignSession Session { get; }

    /// <summary>The space.</summary>
    public DesignSpace Space => Session.Space;

    /// <summary>This machine.</summary>
    public CpuDevice Cpu { get; }

    /// <summary>Folder for files of programs of the user, beside the store.</summary>
    public string Folder { get; }

    /// <summary>Where it is kept, and what it may do.</summary>
    public DesignWorkspaceOptions Options { get; }

    /// <summary>Opens the store of a family.</summary>
    /// <param name="space">The family.</param>
    /// <param name="options">Where it is kept.</param>
    /// <exception cref="JournalException">The store cannot be used.</exception>
    public static DesignWorkspace Open(DesignSpace space, DesignWorkspaceOptions options)
    {
        string path = Path.GetFullPath(options.Store);
        string folder = Path.Combine(Path.GetDirectoryName(path)!, "designs");
        var networks = new DesignNetworks(space, folder, options.AllowPrograms, options.Clock);
        return new DesignWorkspace(new DesignSession(networks, DesignStore.Open(path, options.Clock), options.Clock), folder, options);
    }

    /// <summary>A device of which the store holds measurements, and the way of running on this machine that it is, if any.</summary>
    /// <param name="text">The device's key.</param>
    /// <returns>Null when the text is no key, or the store does not know the device.</returns>
    public (DeviceKey Key, LocalDevice? Local)? Known(string text) =>
        DeviceKey.Parse(text) is { } key && Session.Store.Devices(Space.Family).Contains(key) ? (key, LocalDevice.Of(key)) : null;

    /// <summary>A measurer of this machine, which must be disposed of; why there is none otherwise.</summary>
    /// <param name="device">How designs run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalException">The tuning records cannot be read.</exception>
    public Task<Result<LocalMeasurer, DesignError>> MeasurerAsync(LocalDevice device, CancellationToken cancellation) =>
        new LocalMeasurerFactory(Session, Cpu, Options.Records, Options.Clock).StartAsync(device, cancellation);

    /// <summary>Does work that measures designs; when a device fails meanwhile, what was measured before stays in the store, and the error says so.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">The work.</param>
    public async Task<Result<T, DesignError>> MeasuringAsync<T>(Func<Task<T>> work)
        where T : notnull
    {
        int before = Measured();
        try
        {
            return new Result<T, DesignError>(await work());
        }
        catch (DeviceException failed)
        {
            return new TargetFailed(failed.Message.TrimEnd('.'), Measured() - before, Session.Store.Path);
        }

        int Measured() => Session.Store.Devices(Space.Family).Sum(device => Session.Store.Measurements(device, Space.Family).Length);
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Store.Dispose();
}
