using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Attune.Kernels;
using Attune.Records.Documents;

namespace Attune.Design.Spaces;

/// <summary>Checks that a template knows what to do with every gene of a space, and that values are in range.</summary>
internal static partial class TemplateCheck
{
    private static readonly string[] StageWords = ["width", "depth", "kernel", "expansion", "bits", StagePrecisions.Gene];
    private static readonly string[] BlockWords = ["kernel", "expansion"];

    /// <summary>Adds what is wrong.</summary>
    public static void Run(MobileNetTemplate template, ImmutableArray<Gene> genes, Action<DocumentProblem> problem)
    {
        for (int i = 0; i < genes.Length; i++)
        {
            Gene gene = genes[i];
            string where = $"genes[{i}] ({gene.Id})";
            Match match = Form().Match(gene.Id);
            int stage = match.Groups["s"].Success ? int.Parse(match.Groups["s"].Value) : 0;
            int block = match.Groups["b"].Success ? int.Parse(match.Groups["b"].Value) : 0;
            string word = match.Groups["word"].Value;
            bool isEnd = match.Groups["end"].Success;
            bool known = match.Success && (isEnd
                ? block == 0 && word == StagePrecisions.Gene
                : block > 0 ? BlockWords.Contains(word) : StageWords.Contains(word) || (stage == 0 && word == "resolution"));
            if (!known)
            {
                string[] ends = [$"{StagePrecisions.Stem}.{StagePrecisions.Gene}", $"{StagePrecisions.Tail}.{StagePrecisions.Gene}"];
                string[] words =
                    ["resolution", .. ends, .. StageWords, .. StageWords.Select(name => $"s1.{name}"), .. BlockWords.Select(name => $"s1.b1.{name}")];
                problem(new DocumentProblem(where, $"the template does not know this gene: it knows resolution, and {string.Join(", ", StageWords)} alone or "
                    + "after s1., s2., ...; kernel and expansion also after s1.b1., s1.b2., ...; precision also after stem. and tail.")
                { Unknown = gene.Id, Known = [.. words] });
                continue;
            }

            if (match.Groups["s"].Success && (stage < 1 || stage > template.Stages.Length))
            {
                problem(new DocumentProblem(where, $"there is no stage s{stage}: the template has s1 to s{template.Stages.Length}"));
                continue;
            }

            int max = stage > 0 ? template.Stages[stage - 1].Blocks : template.Stages.Max(each => each.Blocks);
            if (match.Groups["b"].Success && (block < 1 || block > max))
            {
                problem(new DocumentProblem(where, $"stage s{stage} has blocks b1 to b{max} only"));
                continue;
            }

            Values(gene, word, stage > 0 ? max : template.Stages.Min(each => each.Blocks), where, problem);
        }
    }

    private static void Values(Gene gene, string word, int blocks, string where, Action<DocumentProblem> problem)
    {
        foreach (string text in gene.Values)
        {
            bool numeric = Gene.TryNumber(text, out double value);
            bool whole = numeric && value == Math.Floor(value);
            string? range = word switch
            {
                StagePrecisions.Gene => StagePrecisions.Find(text) is null ? string.Join(", ", StagePrecisions.Names) : null,
                "bits" => WeightFormats.Find(text) is null ? string.Join(", ", WeightFormats.Names) : null,
                "resolution" => whole && value is >= 8 and <= 2048 ? null : "a whole number from 8 to 2048",
                "depth" => whole && value >= 1 && value <= blocks ? null : $"a whole number from 1 to {blocks}, the blocks of the stage",
                "kernel" => whole && value is >= 1 and <= 15 && value % 2 == 1 ? null : "an odd number from 1 to 15",
                "width" => numeric && value is > 0 and <= 16 ? null : "a number above 0, at most 16",
                _ => numeric && value is > 0 and <= 16 ? null : "a number above 0, at most 16",
            };
            if (range is not null)
            {
                problem(new DocumentProblem(where, $"'{text}' is not {(word is "bits" or StagePrecisions.Gene ? "one of " : string.Empty)}{range}"));
            }
        }
    }

    [GeneratedRegex(
        @"^((s(?<s>\d{1,3})|(?<end>stem|tail))\.)?(b(?<b>\d{1,3})\.)?(?<word>[a-z]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
