using System.Collections.Immutable;

namespace Attune.Devices.Meters;

/// <summary>Energy counters of processor packages under <c>/sys/class/powercap</c> (design paper, 5.4): microjoules that wrap around. Reading has needed root since Linux 5.10.</summary>
internal sealed class RaplMeter : IEnergyMeter
{
    private readonly SystemFiles files;
    private readonly ImmutableArray<Domain> domains;
    private readonly Lock gate = new();

    private RaplMeter(SystemFiles files, ImmutableArray<Domain> domains)
    {
        this.files = files;
        this.domains = domains;
        Name = $"RAPL, {domains.Length} package{(domains.Length == 1 ? string.Empty : "s")}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsEstimate => false;

    /// <inheritdoc/>
    public TimeSpan UpdateInterval => TimeSpan.FromMilliseconds(1);

    /// <summary>The meter; null where there is none that this user may read.</summary>
    public static RaplMeter? Open(SystemFiles files)
    {
        // Only packages: core and memory controllers below them are counted there already.
        ImmutableArray<Domain> packages =
        [
            .. files.Folders("/sys/class/powercap", "intel-rapl:").Where(folder => Path.GetFileName(folder).Count(letter => letter == ':') == 1)
                .Select(folder => (folder, Energy: files.Number($"{folder}/energy_uj"))).Where(domain => domain.Energy is not null)
                .Select(domain => new Domain($"{domain.folder}/energy_uj", files.Number($"{domain.folder}/max_energy_range_uj") ?? 0) { Last = domain.Energy!.Value }),
        ];
        return packages.IsEmpty ? null : new RaplMeter(files, packages);
    }

    /// <inheritdoc/>
    public double? MilliJoules()
    {
        lock (gate)
        {
            double sum = 0;
            foreach (Domain domain in domains)
            {
                if (files.Number(domain.Path) is not { } now)
                {
                    return null;
                }

                domain.Total += now >= domain.Last ? now - domain.Last : now - domain.Last + domain.Range;
                domain.Last = now;
                sum += domain.Total;
            }

            return sum / 1000;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are opened for each reading.
    }

    private sealed class Domain(string path, long range)
    {
        public string Path { get; } = path;

        public long Range { get; } = range;

        public long Last { get; set; }

        public double Total { get; set; }
    }
}
