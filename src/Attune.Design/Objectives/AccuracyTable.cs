using System.Collections.Immutable;
using System.Globalization;
using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Spaces;
using Attune.Devices;
using Attune.Records.Csv;

namespace Attune.Design.Objectives;

/// <summary>
/// Accuracies of known designs from comma-separated values: a column "design" with ids, or a column for every gene; "accuracy"; perhaps "std". Designs that are
/// not in it have no accuracy; nothing is guessed.
/// </summary>
public sealed class AccuracyTable : IAccuracy
{
    private const int MaxRows = 2_000_000;
    private readonly DesignSpace space;
    private readonly Dictionary<string, KnownAccuracy> byId;

    private AccuracyTable(string name, DesignSpace space, Dictionary<string, KnownAccuracy> byId, ImmutableArray<SpacePoint> designs)
    {
        Name = name;
        this.space = space;
        this.byId = byId;
        Designs = designs;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRankOnly => false;

    /// <inheritdoc/>
    public bool IsFast => true;

    /// <summary>Designs whose genes the table tells; empty when it has ids only.</summary>
    public ImmutableArray<SpacePoint> Designs { get; }

    /// <summary>Rows.</summary>
    public int Count => byId.Count;

    /// <summary>Reads a table.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">Name for reports, for example the file's.</param>
    /// <param name="space">The space of its designs.</param>
    /// <param name="isOfFloats">True where columns for genes of precision may be missing: the designs then are those of floats.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message says which and why.</exception>
    public static AccuracyTable Read(TextReader reader, string name, DesignSpace space, bool isOfFloats = false)
    {
        using IEnumerator<CsvRow> rows = CsvRows.Read(reader).GetEnumerator();
        string[] header = rows.MoveNext()
            ? Cells(rows.Current, name)
            : throw new InvalidDataException($"{name} is empty; it needs a header with design or the genes, and accuracy.");
        int id = Array.IndexOf(header, "design");
        int accuracy = Array.IndexOf(header, "accuracy");
        int deviation = Array.IndexOf(header, "std");
        int[] genes = [.. space.Genes.Select(gene => Array.IndexOf(header, gene.Id))];
        int lacking = Enumerable.Range(0, genes.Length).FirstOrDefault(
            gene => genes[gene] < 0 && !(isOfFloats && StagePrecisions.IsPrecision(space.Genes[gene].Id)), -1);
        if (accuracy < 0 || (id < 0 && lacking >= 0))
        {
            string missing = accuracy < 0 ? "accuracy" : space.Genes[lacking].Id;
            throw new InvalidDataException($"{name} has no column '{missing}'; it needs accuracy, and either design or a column for every gene.");
        }

        var found = new Dictionary<string, KnownAccuracy>(StringComparer.Ordinal);
        var designs = ImmutableArray.CreateBuilder<SpacePoint>();
        while (rows.MoveNext())
        {
            int number = rows.Current.Line;
            string[] cells = Cells(rows.Current, name);
            if (cells.Length != header.Length || found.Count >= MaxRows)
            {
                throw new InvalidDataException($"{name}, line {number}: "
                    + $"{(found.Count >= MaxRows ? $"more than {MaxRows} rows" : $"{cells.Length} cells under {header.Length} headings")}.");
            }

            SpacePoint? point = id >= 0 ? null : PointOf(space, genes, cells, name, number);
            if (!double.TryParse(cells[accuracy], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                throw new InvalidDataException($"{name}, line {number}: the accuracy '{cells[accuracy]}' is no number.");
            }

            double? spread = deviation < 0 || cells[deviation].Length == 0 ? null
                : double.TryParse(cells[deviation], NumberStyles.Float, CultureInfo.InvariantCulture, out double std) && std >= 0 && double.IsFinite(std) ? std
                : throw new InvalidDataException($"{name}, line {number}: the std '{cells[deviation]}' is no number of at least 0.");
            if (!found.TryAdd(point is null ? cells[id] : space.IdOf(point), new KnownAccuracy(value, spread)))
            {
                throw new InvalidDataException($"{name}, line {number}: this design occurs twice.");
            }

            if (point is not null)
            {
                designs.Add(space.Canonical(point));
            }
        }

        return new AccuracyTable(name, space, found, designs.ToImmutable());
    }

    /// <summary>Accuracy of one of <see cref="Designs"/>.</summary>
    /// <param name="design">The design.</param>
    /// <exception cref="KeyNotFoundException">The table does not hold it.</exception>
    internal double Of(SpacePoint design) => byId[space.IdOf(design)].Value;

    /// <inheritdoc/>
    public Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation) =>
        Task.FromResult<Result<KnownAccuracy, string>>(byId.GetValueOrDefault(space.IdOf(point)) is { } known ? known : $"{Name} does not hold the design");

    private static SpacePoint PointOf(DesignSpace space, int[] genes, string[] cells, string name, int line)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < genes.Length; i++)
        {
            string text = genes[i] < 0 ? StagePrecisions.NameOf(LayerPrecision.Float32) : cells[genes[i]];
            values[space.Genes[i].Id] = Gene.TryNumber(text, out double number) ? Gene.TextOf(number) : text;
        }

        return space.Parse(values).OrThrow(problem => new InvalidDataException($"{name}, line {line}: {problem}."));
    }

    private static string[] Cells(CsvRow row, string name) => row.Problem is { } problem
        ? throw new InvalidDataException($"{name}, line {row.Line}: {problem}.")
        : [.. row.Fields.Select(field => field.Trim())];
}
