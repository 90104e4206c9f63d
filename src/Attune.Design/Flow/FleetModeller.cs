using System.Collections.Immutable;
using Attune.Compile;
using Attune.Design.Data;
using Attune.Design.Proxies;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Learning.Linear;

namespace Attune.Design.Flow;

/// <summary>
/// Adapts all known devices of a family to a target at once (<see cref="FleetAdaptation"/>), over the designs that were measured anywhere and, where designs
/// cost nothing to make, some hundred more. Says which of them to measure next. Stateless but for the session.
/// </summary>
/// <param name="session">The family and its store.</param>
internal sealed class FleetModeller(DesignSession session)
{
    /// <summary>Known devices from which on there is a fleet.</summary>
    public const int MinDevices = 2;

    private const int MinSamples = 10;
    private const int MoreDesigns = 300;
    private const int Folds = 5;
    private const double MinMs = 1e-6;

    /// <summary>Adapts; null when fewer than two other devices have measured units, or too few designs ran on the target to judge the fit.</summary>
    public async Task<AdaptedTarget?> RunAsync(DeviceKey target, CancellationToken cancellation)
    {
        (SpacePoint Point, double Ms)[] samples = [.. session.MeasuredOn(target)];
        var models = new List<(DeviceKey Device, UnitSum Sum)>();
        foreach (DeviceKey device in session.Store.Devices(session.Space.Family).Where(device => device != target))
        {
            if (await session.OwnModelAsync(device, cancellation) is { } model)
            {
                models.Add((device, new UnitSum(session.EncoderOf(device), model.Contribution, model.OffsetMs)));
            }
        }

        (SpacePoint[] points, EncodedDesign[] encoded) = models.Count < MinDevices || samples.Length < MinSamples
            ? ([], [])
            : await DesignsAsync(target, models, cancellation);
        Dictionary<SpacePoint, int> places = points.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        samples = [.. samples.Where(sample => places.ContainsKey(sample.Point))];
        (DeviceKey Device, DeviceColumn Column)[] devices = [.. models.Select(
            model => (model.Device, Column: ColumnOf(model.Device, model.Sum, points))).Where(entry => !entry.Column.IsConstant)];
        if (devices.Length < MinDevices || samples.Length < MinSamples)
        {
            return null;
        }

        var fleet = new FleetAdaptation([.. devices.Select(entry => entry.Column)], UnitsOf(encoded), GenesOf(points), new Random(1));
        int[] measured = [.. samples.Select(sample => places[sample.Point])];
        double[] ms = [.. samples.Select(sample => sample.Ms)];
        FleetPrediction prediction = fleet.Predict(measured, ms);
        FitQuality quality = CrossValidated(fleet, measured, ms);
        int[] rest = [.. Enumerable.Range(0, points.Length).Except(measured)];
        return new AdaptedTarget(
            target,
            AdaptMethod.Fleet,
            $"fleet of {devices.Length} devices adapted with {ms.Length} measurements",
            ms.Length,
            quality.Spearman,
            quality.RelativeError)
        {
            Proxies = [.. devices.Select(
                (entry, k) => (entry.Device, prediction.Shares[k])).Where(entry => entry.Item2 > 1e-6).OrderByDescending(entry => entry.Item2)],
            Next = rest.Length == 0 ? null : NextOf(prediction, rest, points),
        };
    }

    private static NextMeasurement NextOf(FleetPrediction prediction, int[] rest, SpacePoint[] points)
    {
        int next = prediction.NextToMeasure(rest);
        return new NextMeasurement(points[next], prediction.Stacked[next], prediction.Shared[next], rest.Length);
    }

    private async Task<(SpacePoint[] Points, EncodedDesign[] Encoded)> DesignsAsync(
        DeviceKey target, IEnumerable<(DeviceKey Device, UnitSum Sum)> models, CancellationToken cancellation)
    {
        UnitEncoder encoder = session.EncoderOf(target);
        IEnumerable<SpacePoint> all = session.MeasuredOn(target).Select(sample => sample.Point).Concat(
            models.SelectMany(model => session.MeasuredOn(model.Device)).Select(sample => sample.Point));
        if (session.Networks.IsTemplate)
        {
            all = all.Concat(await session.SampleAsync(MoreDesigns, 1, encoder, cancellation));
        }

        var points = new List<SpacePoint>();
        var encoded = new List<EncodedDesign>();
        foreach (SpacePoint point in all.Distinct())
        {
            if ((await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                points.Add(point);
                encoded.Add(design);
            }
        }

        return ([.. points], [.. encoded]);
    }

    // Measured where the device has measured the design, predicted from its units elsewhere.
    private DeviceColumn ColumnOf(DeviceKey device, UnitSum sum, SpacePoint[] points) =>
        new(
            device.ToString(),
            [.. points.Select(point => session.Store.Measurement(device, session.Space.IdOf(point))?.Ms ?? Math.Max(sum.Predict(point), MinMs))]);

    /// <summary>Operations and bytes per group of units: what times follow on most devices.</summary>
    private static DenseMatrix UnitsOf(EncodedDesign[] encoded)
    {
        ImmutableArray<string> groups = UnitGroups.Of(encoded);
        Dictionary<string, int> columns = groups.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var units = new DenseMatrix(encoded.Length, (2 * groups.Length) + 1);
        for (int i = 0; i < encoded.Length; i++)
        {
            Span<double> row = units.Row(i);
            foreach (ModelUnit unit in encoded[i].Units)
            {
                int column = columns[UnitGroups.Of(unit)];
                row[column] += unit.Flops;
                row[groups.Length + column] += unit.Bytes;
            }

            row[^1] = encoded[i].Launches;
        }

        return units;
    }

    private DenseMatrix GenesOf(SpacePoint[] points)
    {
        int[] counts = [.. session.Space.Genes.Select(gene => gene.Values.Length)];
        var genes = new DenseMatrix(points.Length, counts.Sum());
        for (int i = 0; i < points.Length; i++)
        {
            int start = 0;
            for (int g = 0; g < counts.Length; g++)
            {
                genes[i, start + points[i][g]] = 1;
                start += counts[g];
            }
        }

        return genes;
    }

    private static FitQuality CrossValidated(FleetAdaptation fleet, int[] measured, double[] ms)
    {
        int[] order = [.. Enumerable.Range(0, ms.Length)];
        new Random(ms.Length).Shuffle(order);
        var predicted = new double[ms.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] train = [.. order.Where((_, i) => i % Folds != fold)];
            double[] latency = fleet.Predict([.. train.Select(i => measured[i])], [.. train.Select(i => ms[i])]).Latency;
            foreach (int i in order.Where((_, i) => i % Folds == fold))
            {
                predicted[i] = latency[measured[i]];
            }
        }

        return FitQuality.Of(predicted, ms);
    }
}
