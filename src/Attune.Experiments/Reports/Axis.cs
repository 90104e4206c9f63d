using System.Globalization;

namespace Attune.Experiments.Reports;

/// <summary>One axis of a chart: from numbers to pixels, with round tick marks.</summary>
/// <param name="Min">Number at the axis's beginning.</param>
/// <param name="Max">Number at its end, above <paramref name="Min"/>.</param>
/// <param name="From">Pixel of the beginning.</param>
/// <param name="To">Pixel of the end.</param>
internal sealed record Axis(double Min, double Max, double From, double To)
{
    private const int WantedTicks = 6;

    /// <summary>An axis that covers numbers with a little room, or from zero.</summary>
    public static Axis Over(IEnumerable<double> numbers, bool fromZero, double from, double to)
    {
        double[] all = [.. numbers.Where(double.IsFinite)];
        double min = all.Length == 0 ? 0 : all.Min();
        double max = all.Length == 0 ? 1 : all.Max();
        if (fromZero)
        {
            min = Math.Min(0, min);
        }

        double room = (max - min) * 0.04;
        if (!(room > 0))
        {
            room = Math.Max(1e-9, Math.Abs(max) * 0.05);
        }

        return new Axis(fromZero && min >= 0 ? 0 : min - room, max + room, from, to);
    }

    /// <summary>The pixel of a number.</summary>
    public double Place(double number) => From + ((number - Min) / (Max - Min) * (To - From));

    /// <summary>Round numbers on the axis, about six.</summary>
    public IEnumerable<double> Ticks()
    {
        double raw = (Max - Min) / WantedTicks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = (raw / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
        for (double k = Math.Ceiling(Min / step); k * step <= Max * (1 + 1e-12); k++)
        {
            yield return k * step;
        }
    }

    /// <summary>Text of a tick.</summary>
    public static string Text(double tick) => Math.Abs(tick) < 1e-12 ? "0" : tick.ToString("G4", CultureInfo.InvariantCulture);
}
