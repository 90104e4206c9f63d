using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Measuring.Kernels;

namespace Attune.Bench.Gpu;

/// <summary>
/// Configurations of the searched templates, drawn from the spaces of small workloads, compiled, run on several inputs and compared with the reference kernels.
/// </summary>
internal sealed class Conformance : IDisposable
{
    private const int Inputs = 4;
    private const int Attempts = 100_000;

    // Odd extents, strides, paddings, dilation, groups, several images, every layout, and extents that four divides.
    private static readonly ImmutableArray<string> Workloads =
    [
        "conv2d/1x6x8x6/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x4x9x11/6x3x5/s2x1/p1,2,0,2/d1x1/g1/planar-blocked/v1",
        "conv2d/1x40x7x7/21x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "conv2d/1x8x9x8/12x3x3/s1x2/p2,1,2,1/d2x1/g2/blocked-planar/v1",
        "conv2d/2x6x7x13/8x3x3/s1x1/p0,2,1,0/d1x1/g1/planar-blocked/v1",
        "conv2d/1x64x28x28/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "conv2d/1x3x6x7/8x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v1",
        "depthwise2d/1x12x8x6/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1",
        "depthwise2d/2x6x11x13/6x5x3/s2x2/p2,1,2,1/d1x1/g6/blocked-blocked/v1",
        "depthwise2d/1x12x8x8/12x3x3/s1x1/p1,1,1,1/d1x1/g12/blocked-blocked/v1+conv2d/1x12x8x8/20x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "dense/1x360x1x1/45x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        "dense/1x84x1x13/30x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        "conv2d/1x20x6x6/24x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
        "conv2d/2x9x5x12/20x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
        "dense/1x36x1x34/44x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1",
        "conv2d/1x40x7x7/21x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1/f16",
        "dense/1x84x1x13/30x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1/i8",
        "depthwise2d/2x7x11x13/7x5x3/s2x2/p2,1,2,1/d1x1/g7/blocked-blocked/v1+conv2d/2x7x6x7/9x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1",
    ];

    private readonly KernelCandidateFactory factory;
    private readonly KernelTarget target;

    /// <summary>Opens a device.</summary>
    /// <param name="device">Its name.</param>
    /// <exception cref="InvalidOperationException">It is not there, or its driver refuses.</exception>
    public Conformance(DeviceName device)
    {
        target = DeviceProfile.Find(device).OrThrow(reason => new InvalidOperationException($"{device}: {reason}.")).Target;
        factory = new KernelCandidateFactory(0, TimeProvider.System, device);
    }

    /// <summary>Checks so many configurations of each template, spread over its workloads, and prints a row of Markdown for each.</summary>
    /// <returns>True when every kernel that compiled is right, and every template has one.</returns>
    /// <exception cref="DeviceException">The device failed; it may be gone.</exception>
    public bool Run(int points, TextWriter report)
    {
        var spaces = Workloads.Select(key => (Key: key, Space: KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key)!, target))).ToArray();
        bool isRight = true;
        report.WriteLine("| template | configurations | right | refused by the compiler | wrong |");
        report.WriteLine("|---|--:|--:|--:|---|");
        foreach (string template in spaces.SelectMany(each => each.Space.Parts).Select(part => part.Name).Distinct())
        {
            var tally = new Tally();
            (string Key, Space Space, SpacePart Part)[] places =
                [.. spaces.SelectMany(each => each.Space.Parts.Where(part => part.Name == template).Select(part => (each.Key, each.Space, part)))];
            foreach ((string key, Space space, SpacePart part) in places)
            {
                foreach (long index in Draw(part, 1 + ((points - 1) / places.Length)))
                {
                    Check(key, space[part.First + index], tally);
                }
            }

            isRight &= tally is { Right: > 0, Wrong.Count: 0 };
            string wrong = tally.Wrong.Count == 0 ? "none" : string.Join("<br>", tally.Wrong.Take(5));
            report.WriteLine($"| {template} | {tally.Right + tally.Refused + tally.Wrong.Count} | {tally.Right} | {tally.Refused} | {wrong} |");
        }

        return isRight;
    }

    /// <inheritdoc/>
    public void Dispose() => factory.Dispose();

    private static IEnumerable<long> Draw(SpacePart part, int count)
    {
        var random = new Random(1);
        return Enumerable.Range(0, Attempts).Select(_ => random.NextInt64(part.Space.Count)).Where(part.Space.IsValid).Distinct().Take(count);
    }

    private void Check(string key, Configuration configuration, Tally tally)
    {
        CandidateResult built = factory.Build(key, configuration.ToLabels(), 1);
        if (built.Candidate is not { } candidate)
        {
            tally.Refused++;
            return;
        }

        using (candidate)
        {
            for (int input = 0; input < Inputs; input++)
            {
                candidate.Renew(input);
                Verdict verdict = candidate.Check();
                if (!verdict.IsCorrect)
                {
                    tally.Wrong.Add($"{key} {configuration}: {verdict}");
                    return;
                }
            }

            tally.Right++;
        }
    }

    private sealed class Tally
    {
        public int Right { get; set; }

        public int Refused { get; set; }

        public List<string> Wrong { get; } = [];
    }
}
