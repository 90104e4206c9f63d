using System.Collections.Immutable;
using Attune.Devices.Cpu;

namespace Attune.Devices.Meters;

/// <summary>
/// Energy of the processor packages, all together, as Linux counts it under <c>/sys/class/powercap</c> (design paper, 5.4; Intel and AMD). A
/// package's zone holds its cores and caches already, the zone
/// called psys holds the packages and the rest of the machine; so packages alone are added up. Their counters are microjoules that wrap around,
/// within minutes on large processors: a timer looks often
/// enough that no turn is missed. Reading has needed root since Linux 5.10.
/// </summary>
internal sealed class RaplMeter : IEnergyMeter
{
    // The smallest range in use is 65 kJ (32 bits of 15.3 uJ): a package would have to draw 2 kW to turn its counter twice between two looks.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private readonly SystemFiles files;
    private readonly ImmutableArray<Domain> domains;
    private readonly Lock gate = new();
    private readonly ITimer timer;

    private RaplMeter(SystemFiles files, ImmutableArray<Domain> domains, TimeProvider clock)
    {
        this.files = files;
        this.domains = domains;
        Name = $"RAPL, {domains.Length} package{(domains.Length == 1 ? string.Empty : "s")}";
        timer = clock.CreateTimer(_ => MilliJoules(), null, Look, Look);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsEstimate => false;

    /// <inheritdoc/>
    public TimeSpan UpdateInterval => TimeSpan.FromMilliseconds(1);

    /// <summary>The meter; null where there is none that this user may read.</summary>
    public static RaplMeter? Open(SystemFiles files, TimeProvider clock)
    {
        // Zones of one colon are packages and psys; those of two are parts of a package. intel-rapl-mmio shows the same packages once more.
        ImmutableArray<Domain> packages =
        [
            .. files.Folders("/sys/class/powercap", "intel-rapl:").Order(StringComparer.Ordinal)
                .Where(folder => Path.GetFileName(folder).Count(letter => letter == ':') == 1 && IsPackage(files.Text($"{folder}/name")))
                .Select(folder => (Path: $"{folder}/energy_uj", Range: files.Number($"{folder}/max_energy_range_uj")))
                .Select(domain => (domain.Path, Energy: files.Number(domain.Path), domain.Range))
                .Where(domain => domain is { Energy: >= 0, Range: > 0 })
                .Select(domain => new Domain(domain.Path, domain.Range!.Value) { Last = domain.Energy!.Value }),
        ];
        return packages.IsEmpty ? null : new RaplMeter(files, packages, clock);
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
    public void Dispose() => timer.Dispose();

    private static bool IsPackage(string? name) => name is null || name.StartsWith("package", StringComparison.Ordinal);

    private sealed class Domain(string path, long range)
    {
        public string Path { get; } = path;

        public long Range { get; } = range;

        public long Last { get; set; }

        public double Total { get; set; }
    }
}
