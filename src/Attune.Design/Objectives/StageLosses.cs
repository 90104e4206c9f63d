using System.Globalization;
using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Spaces;
using Attune.Devices;
using Attune.Records.Csv;

namespace Attune.Design.Objectives;

/// <summary>
/// Measured losses of accuracy by stage and precision, from comma-separated values with the columns gene, value and loss: what the accuracy is lower when that
/// part of the network alone is quantised. Losses of several parts are taken to add up. What was not measured is not known. Immutable.
/// </summary>
public sealed class StageLosses
{
    private const int MaxRows = 10_000;
    private const string Form = "it needs the columns gene, value and loss, for example s1.precision,i8,0.4";
    private readonly DesignSpace space;
    private readonly double[]?[] byChoice;
    private readonly int[] floats;

    private StageLosses(string name, DesignSpace space, double[]?[] byChoice)
    {
        Name = name;
        this.space = space;
        this.byChoice = byChoice;
        floats = [.. space.Genes.Select(gene => StagePrecisions.IsPrecision(gene.Id) ? FloatsOf(gene) : -1)];
    }

    /// <summary>Where they come from, for reports.</summary>
    public string Name { get; }

    /// <summary>Reads losses.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">Name for reports, for example the file's.</param>
    /// <param name="space">The space, with genes of precision that may all be floats.</param>
    /// <returns>The losses; what is wrong, with the line.</returns>
    public static Result<StageLosses, string> Read(TextReader reader, string name, DesignSpace space)
    {
        Gene[] genes = [.. space.Genes.Where(gene => StagePrecisions.IsPrecision(gene.Id))];
        if (genes.Length == 0)
        {
            return $"the space '{space.Family}' has no gene of precision, so {name} means nothing to it";
        }

        if (genes.FirstOrDefault(gene => FloatsOf(gene) < 0) is { } narrow)
        {
            return $"gene '{narrow.Id}' has no value {StagePrecisions.NameOf(LayerPrecision.Float32)}, and losses in {name} count from there";
        }

        using IEnumerator<CsvRow> rows = CsvRows.Read(reader).GetEnumerator();
        if (!rows.MoveNext() || rows.Current.Problem is not null || !rows.Current.Fields.Select(field => field.Trim()).SequenceEqual(["gene", "value", "loss"]))
        {
            return $"{name} does not begin with a line of headings; {Form}";
        }

        double[]?[] found = [.. space.Genes.Select(gene => StagePrecisions.IsPrecision(gene.Id) ? Unknown(gene) : null)];
        for (int count = 0; rows.MoveNext(); count++)
        {
            string where = $"{name}, line {rows.Current.Line}";
            if (rows.Current.Problem is { } problem || count == MaxRows)
            {
                return $"{where}: {rows.Current.Problem ?? $"more than {MaxRows} rows"}";
            }

            string[] cells = [.. rows.Current.Fields.Select(field => field.Trim())];
            if (cells.Length != 3 || !double.TryParse(cells[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double loss) || !double.IsFinite(loss))
            {
                return $"{where}: {Form}";
            }

            int gene = space.Find(cells[0]);
            if (gene < 0 || found[gene] is not { } losses)
            {
                return $"{where}: there is no gene of precision '{cells[0]}'; there are {string.Join(", ", genes.Select(each => each.Id))}";
            }

            int choice = space.Genes[gene].Values.IndexOf(cells[1]);
            if (choice < 0 || choice == FloatsOf(space.Genes[gene]) || !double.IsNaN(losses[choice]))
            {
                return $"{where}: '{cells[1]}' {(choice < 0 ? $"is no value of gene '{cells[0]}'" : "has a loss already; that of floats is 0")}";
            }

            losses[choice] = loss;
        }

        return new StageLosses(name, space, found);
    }

    /// <summary>The design with all layers in floats.</summary>
    /// <param name="genes">A design.</param>
    public SpacePoint InFloats(ReadOnlySpan<int> genes)
    {
        int[] choices = genes.ToArray();
        for (int i = 0; i < choices.Length; i++)
        {
            choices[i] = floats[i] >= 0 ? floats[i] : choices[i];
        }

        return space.Canonical(new SpacePoint([.. choices]));
    }

    /// <summary>What a design loses against <see cref="InFloats"/>, in units of the accuracy; NaN where a part of it was not measured.</summary>
    /// <param name="genes">The design.</param>
    public double Of(ReadOnlySpan<int> genes)
    {
        double sum = 0;
        for (int i = 0; i < genes.Length; i++)
        {
            sum += byChoice[i] is { } losses ? losses[genes[i]] : 0;
        }

        return sum;
    }

    /// <summary>The first part of a design whose loss was not measured, for example "s1.precision i8"; null when all were.</summary>
    /// <param name="point">The design.</param>
    public string? Missing(SpacePoint point) => Enumerable.Range(0, point.Choices.Length)
        .Where(gene => byChoice[gene] is { } losses && double.IsNaN(losses[point[gene]]))
        .Select(gene => $"{space.Genes[gene].Id} {space.Genes[gene].Values[point[gene]]}")
        .FirstOrDefault();

    private static int FloatsOf(Gene gene) => gene.Values.IndexOf(StagePrecisions.NameOf(LayerPrecision.Float32));

    private static double[] Unknown(Gene gene)
    {
        double[] losses = new double[gene.Values.Length];
        Array.Fill(losses, double.NaN);
        losses[FloatsOf(gene)] = 0;
        return losses;
    }
}
