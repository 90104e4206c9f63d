using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Attune.Design.Spaces;

/// <summary>
/// Reads design spaces of users from JSON: family, genes, rules, build. Bounded by <see cref="SpaceLimits"/>; every fault is told, with its place. Nothing named in the file
/// is run or opened by reading it.
/// </summary>
public static partial class SpaceReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SpaceRead Read(string path)
    {
        var info = new FileInfo(path);
        if (info is { Exists: true, Length: > SpaceLimits.FileBytes })
        {
            return new SpaceRead(null, [new SpaceFault(string.Empty, $"the file has {info.Length} bytes; a space has at most {SpaceLimits.FileBytes}")]);
        }

        return Parse(File.ReadAllBytes(path));
    }

    /// <summary>Reads JSON.</summary>
    /// <param name="json">UTF-8 text.</param>
    public static SpaceRead Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Space(document.RootElement);
        }
        catch (JsonException malformed)
        {
            return new SpaceRead(null, [new SpaceFault($"line {malformed.LineNumber + 1}", $"this is no JSON: {malformed.Message}")]);
        }
    }

    private static SpaceRead Space(JsonElement root)
    {
        var faults = new List<SpaceFault>();
        var fields = new JsonFields(root, string.Empty, faults, "family", "about", "genes", "rules", "build");
        string family = fields.Text("family");
        if (family.Length > 0 && !Names().IsMatch(family))
        {
            faults.Add(new SpaceFault("family", "a family's name has letters, digits, '.', '_' and '-' only"));
        }

        ImmutableArray<Gene> genes = Genes(fields, faults);
        DesignBuild? build = BuildReader.Read(fields["build"], faults);
        var reader = new RuleReader(genes, faults);
        ImmutableArray<SpaceRule> rules = [.. fields.Items("rules", SpaceLimits.Rules, needed: false).Select(item => reader.Read(item.Element, item.Where)).OfType<SpaceRule>()];
        if (build is TemplateBuild { Template: var template } && faults.Count == 0)
        {
            TemplateCheck.Run(template, genes, (where, message) => faults.Add(new SpaceFault(where, message)));
            rules = faults.Count == 0 ? [.. template.RulesFor(genes), .. rules] : rules;
        }

        return faults.Count == 0
            ? new SpaceRead(new DesignSpace(family, genes, rules, build!), [])
            : new SpaceRead(null, [.. faults]);
    }

    private static ImmutableArray<Gene> Genes(JsonFields fields, List<SpaceFault> faults)
    {
        var genes = ImmutableArray.CreateBuilder<Gene>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((JsonElement element, string where) in fields.Items("genes", SpaceLimits.Genes, needed: true))
        {
            var gene = new JsonFields(element, where, faults, "id", "values");
            string id = gene.Text("id");
            if (id.Length > 0 && !Names().IsMatch(id))
            {
                faults.Add(new SpaceFault(gene.At("id"), "a gene's name has letters, digits, '.', '_' and '-' only"));
            }

            if (id.Length > 0 && !seen.Add(id))
            {
                faults.Add(new SpaceFault(gene.At("id"), $"gene '{id}' occurs twice"));
                continue;
            }

            string[] values = [.. gene.Items("values", SpaceLimits.Values, needed: true).Select(item => JsonFields.ValueText(item.Element, item.Where, faults)).OfType<string>()];
            if (values.GroupBy(value => value, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            {
                faults.Add(new SpaceFault(gene.At("values"), $"the value '{twice.Key}' occurs twice"));
            }

            // Rules may still name it, and are checked even if its values have faults.
            genes.Add(new Gene(id, [.. values]));
        }

        return genes.ToImmutable();
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
