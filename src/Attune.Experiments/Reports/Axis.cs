using System.Globalization;

namespace Attune.Experiments.Reports;

/// <summary>One axis of a chart: from numbers to pixels, with round tick marks.</summary>
/// <param name="Least">Number at the axis's beginning.</param>
/// <param name="Most">Number at its end, above <paramref name="Least"/>.</param>
/// <param name="From">Pixel of the beginning.</param>
/// <param name="To">Pixel of the end.</param>
internal sealed record Axis(double Least, double Most, double From, double To)
{
    private const int WantedTicks = 6;

    /// <summary>An axis that covers numbers with a little room, or from zero.</summary>
    public static Axis Over(IEnumerable<double> numbers, bool fromZero, double from, double to)
    {
        double[] all = [.. numbers.Where(double.IsFinite)];
        double least = all.Length == 0 ? 0 : all.Min();
        double most = all.Length == 0 ? 1 : all.Max();
        if (fromZero)
        {
            least = Math.Min(0, least);
        }

        double room = (most - least) * 0.04;
        if (!(room > 0))
        {
            room = Math.Max(1e-9, Math.Abs(most) * 0.05);
        }

        return new Axis(fromZero && least >= 0 ? 0 : least - room, most + room, from, to);
    }

    /// <summary>The pixel of a number.</summary>
    public double Place(double number) => From + ((number - Least) / (Most - Least) * (To - From));

    /// <summary>Round numbers on the axis, about six.</summary>
    public IEnumerable<double> Ticks()
    {
        double raw = (Most - Least) / WantedTicks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = (raw / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
        for (double k = Math.Ceiling(Least / step); k * step <= Most * (1 + 1e-12); k++)
        {
            yield return k * step;
        }
    }

    /// <summary>Text of a tick.</summary>
    public static string Text(double tick) => Math.Abs(tick) < 1e-12 ? "0" : tick.ToString("G4", CultureInfo.InvariantCulture);
}
