using System.Collections.Immutable;
using System.Text;

namespace Attune.Design.Objectives;

/// <summary>Commands of users as a list of words. Stateless.</summary>
public static class CommandWords
{
    /// <summary>Splits a command at blanks; quotes of either kind keep blanks. No shell takes part.</summary>
    /// <param name="command">The command.</param>
    public static ImmutableArray<string> Split(string command)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        char quote = '\0';
        bool any = false;
        foreach (char letter in command)
        {
            if (quote != '\0' ? letter == quote : letter is '"' or '\'')
            {
                (quote, any) = (quote == '\0' ? letter : '\0', true);
            }
            else if (letter == ' ' && quote == '\0')
            {
                if (any)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(letter);
                any = true;
            }
        }

        return any ? [.. words, word.ToString()] : words.ToImmutable();
    }
}
