using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records.Documents;

namespace Attune.Design.Spaces.Reading;

/// <summary>
/// Reads rules: {"unused": ["s1.b2.*"], "when": {"s1.depth": {"below": 2}}} and {"requires": {"bits": ["f32"]}, "when": {"width": [0.5]}, "reason": "..."}.
/// A condition is a list of values, one value, or bounds below and above (both exclusive) for numbers. A name may end in * and then stands for all that begin
/// so.
/// </summary>
internal sealed class RuleReader(ImmutableArray<Gene> genes, ImmutableArray<DocumentProblem>.Builder problems)
{
    /// <summary>One rule; null when it has problems.</summary>
    public SpaceRule? Read(DocumentObject fields)
    {
        int before = problems.Count;
        ImmutableArray<GeneCondition> when = fields.Element("when") is { } conditions ? Conditions(conditions, fields.PathOf("when")) : [];
        ImmutableArray<int> unused = fields.Element("unused") is { } names ? Names(names, fields.PathOf("unused")) : [];
        ImmutableArray<GeneCondition> required = fields.Element("requires") is { } wishes ? Conditions(wishes, fields.PathOf("requires")) : [];
        string reason = fields.Text("reason", max: SpaceLimits.Text) ?? string.Empty;
        fields.RefuseOthers();
        if (fields.Has("unused") == fields.Has("requires"))
        {
            fields.Problem(string.Empty, "a rule has either 'unused' or 'requires'");
        }

        if (when.Any(condition => unused.Contains(condition.Gene)))
        {
            fields.Problem(string.Empty, "a gene that decides whether the rule applies cannot become unused by it");
        }

        return problems.Count == before ? new SpaceRule(when, unused, required, reason) : null;
    }

    private ImmutableArray<int> Names(JsonElement element, string where)
    {
        JsonElement[] texts = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Take(SpaceLimits.Genes)] : [element];
        var found = ImmutableSortedSet.CreateBuilder<int>();
        foreach (JsonElement text in texts)
        {
            if (text.ValueKind == JsonValueKind.String)
            {
                found.UnionWith(Matching(text.GetString()!, where));
            }
            else
            {
                problems.Add(new DocumentProblem(where, "this must be a gene's name or a list of them"));
            }
        }

        return [.. found];
    }

    private ImmutableArray<GeneCondition> Conditions(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.EnumerateObject().Any())
        {
            problems.Add(new DocumentProblem(where, "this must be an object from genes to values, for example {\"depth\": [2, 3]}"));
            return [];
        }

        var conditions = ImmutableArray.CreateBuilder<GeneCondition>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string at = $"{where}.{property.Name}";
            foreach (int gene in Matching(property.Name, at))
            {
                ImmutableArray<int> choices = Choices(genes[gene], property.Value, at);
                if (choices.IsEmpty)
                {
                    problems.Add(new DocumentProblem(at, $"no value of gene '{genes[gene].Id}' fits; it has {string.Join(", ", genes[gene].Values.Take(8))}"));
                }

                conditions.Add(new GeneCondition(gene, choices));
            }
        }

        return conditions.ToImmutable();
    }

    private ImmutableArray<int> Choices(Gene gene, JsonElement element, string where)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var bounds = new DocumentObject(element, where, problems);
            if (!gene.IsNumeric)
            {
                bounds.Problem(string.Empty, $"gene '{gene.Id}' has values that are no numbers; list the values instead");
                return [];
            }

            double below = bounds.Number("below", double.MinValue, double.MaxValue) ?? double.PositiveInfinity;
            double above = bounds.Number("above", double.MinValue, double.MaxValue) ?? double.NegativeInfinity;
            bounds.RefuseOthers();
            return [.. Enumerable.Range(0, gene.Values.Length).Where(choice => gene.Number(choice) < below && gene.Number(choice) > above)];
        }

        JsonElement[] listed = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Take(SpaceLimits.Values)] : [element];
        var choices = ImmutableSortedSet.CreateBuilder<int>();
        foreach (JsonElement value in listed)
        {
            if (GeneValue.Read(value, where, problems) is not { } text)
            {
                continue;
            }

            int choice = gene.Values.IndexOf(text);
            if (choice < 0)
            {
                problems.Add(new DocumentProblem(where, $"gene '{gene.Id}' has no value '{text}'") { Unknown = text, Known = gene.Values });
            }
            else
            {
                choices.Add(choice);
            }
        }

        return [.. choices];
    }

    private ImmutableArray<int> Matching(string name, string where)
    {
        bool many = name.EndsWith('*');
        ImmutableArray<int> found = [.. Enumerable.Range(0, genes.Length).Where(
            i => many ? genes[i].Id.StartsWith(name[..^1], StringComparison.Ordinal) : genes[i].Id == name)];
        if (found.IsEmpty)
        {
            problems.Add(new DocumentProblem(where, $"there is no gene '{name}'") { Unknown = name, Known = [.. genes.Select(gene => gene.Id)] });
        }

        return found;
    }
}
