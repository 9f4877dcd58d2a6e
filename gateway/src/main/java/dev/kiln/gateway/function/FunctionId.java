package dev.kiln.gateway.function;

/**
 * A function's identity. There is one account until there are tenants, but every key, ARN and log
 * line has it.
 *
 * @param account twelve digits
 * @param name its name within the account
 */
public record FunctionId(String account, FunctionName name) {

  /** The account that everything belongs to until there are tenants. */
  public static final String DEFAULT_ACCOUNT = "000000000000";

  /** Throws {@link IllegalArgumentException} unless {@code account} is twelve digits. */
  public FunctionId {
    if (account.length() != 12 || !account.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("An account is twelve digits");
    }
  }

  /** Returns the function called {@code name} in the default account. */
  public static FunctionId of(FunctionName name) {
    return new FunctionId(DEFAULT_ACCOUNT, name);
  }

  /** Returns the function that {@link #toString} wrote. */
  public static FunctionId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("A function's identity is account/name");
    }
    return new FunctionId(text.substring(0, slash), new FunctionName(text.substring(slash + 1)));
  }

  /** Returns the function's ARN, as AWS writes it, without a qualifier. */
  public String arn(String region) {
    return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
  }

  /** Returns {@code account/name}. */
  @Override
  public String toString() {
    return account + "/" + name;
  }
}
