using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Design.Spaces;

/// <summary>
/// Reads rules: {"unused": ["s1.b2.*"], "when": {"s1.depth": {"below": 2}}} and {"requires": {"bits": ["f32"]}, "when": {"width": [0.5]}, "reason": "..."}.
/// A condition is a list of values, one value, or bounds below and above (both exclusive) for numbers. A name may end in * and then stands for all that begin so.
/// </summary>
internal sealed class RuleReader(ImmutableArray<Gene> genes, List<SpaceFault> faults)
{
    /// <summary>One rule; null when it has faults.</summary>
    public SpaceRule? Read(JsonElement element, string where)
    {
        int before = faults.Count;
        var fields = new JsonFields(element, where, faults, "unused", "requires", "when", "reason");
        ImmutableArray<GeneCondition> when = fields["when"] is { } conditions ? Conditions(conditions, fields.At("when")) : [];
        ImmutableArray<int> unused = fields["unused"] is { } names ? Names(names, fields.At("unused")) : [];
        ImmutableArray<GeneCondition> required = fields["requires"] is { } wishes ? Conditions(wishes, fields.At("requires")) : [];
        string reason = fields.Text("reason", string.Empty);
        if (element.ValueKind == JsonValueKind.Object && (fields["unused"] is null) == (fields["requires"] is null))
        {
            fields.Fault("a rule has either 'unused' or 'requires'");
        }

        if (when.Any(condition => unused.Contains(condition.Gene)))
        {
            fields.Fault("a gene that decides whether the rule applies cannot become unused by it");
        }

        return faults.Count == before ? new SpaceRule(when, unused, required, reason) : null;
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
                faults.Add(new SpaceFault(where, "this must be a gene's name or a list of them"));
            }
        }

        return [.. found];
    }

    private ImmutableArray<GeneCondition> Conditions(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.EnumerateObject().Any())
        {
            faults.Add(new SpaceFault(where, "this must be an object from genes to values, for example {\"depth\": [2, 3]}"));
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
                    faults.Add(new SpaceFault(at, $"no value of gene '{genes[gene].Id}' fits; it has {string.Join(", ", genes[gene].Values.Take(8))}"));
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
            var bounds = new JsonFields(element, where, faults, "below", "above");
            if (!gene.IsNumeric)
            {
                bounds.Fault($"gene '{gene.Id}' has values that are no numbers; list the values instead");
                return [];
            }

            double below = bounds.Number("below", double.MinValue, double.MaxValue, double.PositiveInfinity);
            double above = bounds.Number("above", double.MinValue, double.MaxValue, double.NegativeInfinity);
            return [.. Enumerable.Range(0, gene.Values.Length).Where(choice => gene.Number(choice) < below && gene.Number(choice) > above)];
        }

        JsonElement[] listed = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Take(SpaceLimits.Values)] : [element];
        var choices = ImmutableSortedSet.CreateBuilder<int>();
        foreach (JsonElement value in listed)
        {
            if (JsonFields.ValueText(value, where, faults) is not { } text)
            {
                continue;
            }

            int choice = gene.Values.IndexOf(text);
            if (choice < 0)
            {
                faults.Add(new SpaceFault(where, $"gene '{gene.Id}' has no value '{text}'; did you mean '{Nearest.Of(text, gene.Values)}'?"));
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
        ImmutableArray<int> found = [.. Enumerable.Range(0, genes.Length).Where(i => many ? genes[i].Id.StartsWith(name[..^1], StringComparison.Ordinal) : genes[i].Id == name)];
        if (found.IsEmpty)
        {
            string near = genes.IsEmpty ? string.Empty : $"; did you mean '{Nearest.Of(name, genes.Select(gene => gene.Id))}'?";
            faults.Add(new SpaceFault(where, $"there is no gene '{name}'{near}"));
        }

        return found;
    }
}
