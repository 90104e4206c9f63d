using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Design.Spaces.Reading;

/// <summary>
/// Reads design spaces of users from JSON: family, genes, rules, build. Bounded by <see cref="SpaceLimits"/>; every problem is told, with its place. Nothing
/// named in the file is run or opened by reading it.
/// </summary>
public static partial class SpaceReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Result<DesignSpace, DocumentError> Read(string path)
    {
        var info = new FileInfo(path);
        if (info is { Exists: true, Length: > SpaceLimits.FileBytes })
        {
            return new DocumentError([new DocumentProblem(string.Empty, $"the file has {info.Length} bytes; a space has at most {SpaceLimits.FileBytes}")]);
        }

        return Parse(File.ReadAllBytes(path));
    }

    /// <summary>Reads JSON.</summary>
    /// <param name="json">UTF-8 text.</param>
    public static Result<DesignSpace, DocumentError> Parse(ReadOnlyMemory<byte> json)
    {
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        return DocumentFile.Parse(json, problems, root => Space(root, problems)) is { } space ? space : new DocumentError(problems.ToImmutable());
    }

    private static DesignSpace? Space(DocumentObject root, ImmutableArray<DocumentProblem>.Builder problems)
    {
        string? family = root.Text("family", required: true, SpaceLimits.Text);
        if (family is not null && !Names().IsMatch(family))
        {
            root.Problem("family", "a family's name has letters, digits, '.', '_' and '-' only");
        }

        _ = root.Has("about");
        ImmutableArray<Gene> genes = Genes(root, problems);
        DesignBuild? build = BuildReader.Read(root.Object("build"), problems);
        var reader = new RuleReader(genes, problems);
        ImmutableArray<SpaceRule> rules = [.. root.List("rules", SpaceLimits.Rules).Select(
            item => reader.Read(root.Below(item.Element, item.Path))).OfType<SpaceRule>()];
        root.RefuseOthers();
        if (build is TemplateBuild { Template: var template } && problems.Count == 0)
        {
            TemplateCheck.Run(template, genes, problems.Add);
            rules = problems.Count == 0 ? [.. template.RulesFor(genes), .. rules] : rules;
        }

        return problems.Count == 0 ? new DesignSpace(family!, genes, rules, build!) : null;
    }

    private static ImmutableArray<Gene> Genes(DocumentObject root, ImmutableArray<DocumentProblem>.Builder problems)
    {
        var genes = ImmutableArray.CreateBuilder<Gene>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((JsonElement element, string where) in root.List("genes", SpaceLimits.Genes, required: true, min: 1))
        {
            DocumentObject gene = root.Below(element, where);
            string? id = gene.Text("id", required: true, SpaceLimits.Text);
            if (id is not null && !Names().IsMatch(id))
            {
                gene.Problem("id", "a gene's name has letters, digits, '.', '_' and '-' only");
            }

            string[] values = [.. gene.List("values", SpaceLimits.Values, required: true, min: 1).Select(
                item => GeneValue.Read(item.Element, item.Path, problems)).OfType<string>()];
            gene.RefuseOthers();
            if (id is { Length: > 0 } && !seen.Add(id))
            {
                gene.Problem("id", $"gene '{id}' occurs twice");
                continue;
            }

            if (values.GroupBy(value => value, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            {
                gene.Problem("values", $"the value '{twice.Key}' occurs twice");
            }

            // Rules may still name it, and are checked even if its values have problems.
            genes.Add(new Gene(id ?? string.Empty, [.. values]));
        }

        return genes.ToImmutable();
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
