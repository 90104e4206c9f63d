using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Attune.Cohort.Endpoint;

/// <summary>
/// Collects the instruments of one meter and writes them in the text form that Prometheus reads (version 0.0.4), with OpenTelemetry's names: dots become underscores, units are spelt out, counters end
/// in _total. Thread-safe; measurements are taken wherever they are made, under a lock that nobody holds while waiting for anything else.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>Type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    /// <summary>Begins to collect.</summary>
    public PrometheusText(Meter meter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    /// <summary>Everything collected, observable instruments as they are now.</summary>
    public string Write()
    {
        lock (gate)
        {
            // What an instrument no longer shows must go: a setting that is no longer in force, for example.
            foreach (Family family in families.Values.Where(family => family.IsObservable))
            {
                family.Series.Clear();
            }
        }

        listener.RecordObservableInstruments();
        lock (gate)
        {
            var text = new StringBuilder();
            foreach ((string name, Family family) in families)
            {
                text.Append("# HELP ").Append(name).Append(' ').AppendLine(Escape(family.Help)).Append("# TYPE ").Append(name).Append(' ').AppendLine(family.Kind);
                foreach ((string labels, Series series) in family.Series)
                {
                    series.Write(text, name, labels);
                }
            }

            return text.Replace("\r\n", "\n").ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private static string NameOf(Instrument instrument, string kind)
    {
        string unit = instrument.Unit switch { "ms" => "_milliseconds", "J" => "_joules", "s" => "_seconds", _ => string.Empty };
        return instrument.Name.Replace('.', '_') + unit + (kind == "counter" ? "_total" : string.Empty);
    }

    private static string Escape(string? text) => (text ?? string.Empty).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string kind = instrument is Histogram<double> ? "histogram" : instrument is Counter<long> or ObservableCounter<double> ? "counter" : "gauge";
        var labels = new StringBuilder();
        foreach ((string key, object? tag) in tags)
        {
            string text = Escape(tag is bool flag ? (flag ? "true" : "false") : Convert.ToString(tag, CultureInfo.InvariantCulture)).Replace("\"", "\\\"", StringComparison.Ordinal);
            labels.Append(labels.Length == 0 ? string.Empty : ",").Append(key.Replace('.', '_')).Append("=\"").Append(text).Append('"');
        }

        lock (gate)
        {
            string name = NameOf(instrument, kind);
            if (!families.TryGetValue(name, out Family? family))
            {
                family = new Family(kind, instrument.Description, instrument.IsObservable);
                families.Add(name, family);
            }

            if (!family.Series.TryGetValue(labels.ToString(), out Series? series))
            {
                series = new Series((instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? []);
                family.Series.Add(labels.ToString(), series);
            }

            series.Take(value, kind == "histogram", adds: !instrument.IsObservable && kind == "counter");
        }
    }

    private sealed record Family(string Kind, string? Help, bool IsObservable)
    {
        public SortedDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Series(IReadOnlyList<double> bounds)
    {
        private readonly long[] counts = new long[bounds.Count + 1];
        private bool isHistogram;
        private double value;

        public void Take(double measured, bool histogram, bool adds)
        {
            isHistogram = histogram;
            if (!histogram)
            {
                value = adds ? value + measured : measured;
                return;
            }

            int bucket = 0;
            while (bucket < bounds.Count && measured > bounds[bucket])
            {
                bucket++;
            }

            counts[bucket]++;
            value += measured;
        }

        public void Write(StringBuilder text, string name, string labels)
        {
            if (!isHistogram)
            {
                Line(text, name, labels, value);
                return;
            }

            long sum = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                sum += counts[i];
                string bound = i < bounds.Count ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                Line(text, name + "_bucket", $"{labels}{(labels.Length == 0 ? string.Empty : ",")}le=\"{bound}\"", sum);
            }

            Line(text, name + "_sum", labels, value);
            Line(text, name + "_count", labels, sum);
        }

        private static void Line(StringBuilder text, string name, string labels, double number)
        {
            text.Append(name);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            text.Append(' ').AppendLine(number.ToString(CultureInfo.InvariantCulture));
        }
    }
}
